// One script for each shell: it hands the words to imgcrypt and offers what comes back.
#include "cli/guide/completion.hpp"

namespace imgcrypt::cli {
namespace {

// bash cuts words at ":" and "=" and replaces only what is after the last of them. So the line is cut anew,
// and what bash keeps is taken off the answers.
constexpr std::string_view kBash = R"(# bash completion for imgcrypt

_imgcrypt() {
  local -a words
  local line=${COMP_LINE:0:COMP_POINT} word answer about kept='' breaks=${COMP_WORDBREAKS//[^:=]/}
  # shellcheck disable=SC2162 # a backslash quotes the space after it
  read -a words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  word=${words[-1]}
  if [[ -n $breaks && $word == *[$breaks]* ]]; then
    kept=${word%"${word##*[$breaks]}"}
  fi
  COMPREPLY=()
  while IFS=$'\t' read -r answer about; do
    case $answer in
      :files*) _imgcrypt_paths -f "${answer#:files }" ;;
      :directories*) _imgcrypt_paths -d "${answer#:directories }" ;;
      *)
        [[ $answer == *: ]] && compopt -o nospace
        COMPREPLY+=("${answer#"$kept"}")
        ;;
    esac
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}

_imgcrypt_paths() {
  local path
  compopt -o filenames
  [[ $1 == -d ]] && compopt -o nospace
  while IFS= read -r path; do
    path=$2$path
    COMPREPLY+=("${path#"$kept"}")
  done < <(compgen "$1" -- "${word#"$2"}")
}

complete -F _imgcrypt imgcrypt
)";

constexpr std::string_view kZsh = R"(#compdef imgcrypt

_imgcrypt() {
  local line word
  local -a before answers shown open open_shown
  (( CURRENT > 2 )) && before=("${(@Q)words[2,CURRENT-1]}")
  for line in "${(@f)$("${(Q)words[1]}" __complete "${before[@]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
    word=${line%%$'\t'*}
    case $word in
      '') ;;
      :files*) compset -P "${(b)${word#:files }}"; _files; return ;;
      :directories*) compset -P "${(b)${word#:directories }}"; _files -/ -S ''; return ;;
      *:) open+=("$word"); open_shown+=("$word  ${line#*$'\t'}") ;;
      *) answers+=("$word"); shown+=("$word  ${line#*$'\t'}") ;;
    esac
  done
  (( $#answers )) && compadd -l -d shown -- "${answers[@]}"
  (( $#open )) && compadd -l -S '' -d open_shown -- "${open[@]}"
}

# Called by the completion system if this is a file of fpath; else read into a shell.
if [[ ${funcstack[1]} == _imgcrypt ]]; then
  _imgcrypt "$@"
else
  compdef _imgcrypt imgcrypt
fi
)";

constexpr std::string_view kFish = R"(# fish completion for imgcrypt

function __imgcrypt_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$word" 2>/dev/null)
        if string match -q ':*' -- $line
            set -l prefix (string replace -r '^:\w+ ' '' -- $line)
            set -l length (string length -- $prefix)
            for path in (__fish_complete_path (string sub -s (math $length + 1) -- $word))
                string match -q ':files*' -- $line; or string match -qr '/(\t|$)' -- $path; or continue
                printf '%s%s\n' $prefix $path
            end
        else
            printf '%s\n' $line
        end
    end
end

complete -c imgcrypt -f -a '(__imgcrypt_complete)'
)";

}  // namespace

std::string_view completion_script(std::string_view shell) {
  if (shell == "bash") return kBash;
  return shell == "zsh" ? kZsh : kFish;
}

}  // namespace imgcrypt::cli
