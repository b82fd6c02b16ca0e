"""Who may do what: Basic, or tokens for single repositories and actions. Everything secret here contains SECRET, in plain,
so that a test can look for it in whatever a program prints."""
import base64
import json
import threading
import urllib.parse
import uuid

from messages import Response, failure

USER = "user"
PASSWORD = "password-SECRET"
IDENTITY_TOKEN = "identity-SECRET"
BASIC = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
ALL = frozenset(("pull", "push", "delete"))


class Access:
    """`settings.auth` says whether it is none, basic or token; anonymous clients may never do anything."""

    def __init__(self, settings, realm):
        self.settings = settings
        self.realm = realm  # URL of the token server
        self.tokens = {}  # token: [{repository: actions}, uses left]
        self.lock = threading.Lock()

    def refuse(self, request, needed):
        """None if the request may go on. `needed`: {repository: actions}; empty for /v2/ itself."""
        scheme, value = request.authorization()
        if self.settings.auth == "basic":
            if scheme == "basic" and value == BASIC:
                return None
            return self._challenge('Basic realm="test"')
        if self.settings.auth == "token":
            error = self._fault_of_token(scheme, value, needed)
            return self._challenge_for_token(needed, error) if error is not None else None
        return None

    def _challenge(self, text):
        return failure(401, "UNAUTHORIZED", "authentication required", {"WWW-Authenticate": text})

    def _challenge_for_token(self, needed, error):
        text = f'Bearer realm="{self.realm}",service="test"'
        scope = " ".join(f"repository:{name}:{','.join(sorted(actions))}" for name, actions in needed.items())
        text += f',scope="{scope}"' if scope else ""
        return self._challenge(text + (f',error="{error}"' if error else ""))

    def _fault_of_token(self, scheme, value, needed):
        """None for a token that will do, else the word for the challenge."""
        with self.lock:
            if scheme != "bearer":
                return ""
            if value not in self.tokens or self.tokens[value][1] == 0:
                return "invalid_token"
            scopes = self.tokens[value][0]
            if any(not actions <= scopes.get(name, set()) for name, actions in needed.items()):
                return "insufficient_scope"
            self.tokens[value][1] -= 1
            return None

    def give_token(self, request):
        """GET with Basic, or POST with the password or an identity token (OAuth2). It has what is asked for and no more."""
        if request.method == "POST":
            form = dict(urllib.parse.parse_qsl(request.text().decode()))
            is_known = form.get("refresh_token") == IDENTITY_TOKEN or form.get("password") == PASSWORD
            scopes = [form.get("scope", "")]
        else:
            is_known = request.authorization() == ("basic", BASIC)
            scopes = _all_values(request.target, "scope")
        if not is_known:
            return failure(401, "UNAUTHORIZED", "wrong user or password")
        token = f"token-SECRET-{uuid.uuid4()}"
        with self.lock:
            self.tokens[token] = [_parse_scopes(scopes), self.settings.token_uses]
        answer = {"token": token, "access_token": token, "expires_in": 300}
        return Response(200, {"Content-Type": "application/json"}, json.dumps(answer).encode())


def _all_values(target, name):
    return urllib.parse.parse_qs(urllib.parse.urlsplit(target).query).get(name, [])


def _parse_scopes(texts):
    scopes = {}
    for scope in " ".join(texts).split():
        kind, name, actions = scope.split(":", 2)
        if kind == "repository":
            wanted = ALL if actions == "*" else ALL & set(actions.split(","))
            scopes[name] = scopes.get(name, frozenset()) | wanted
    return scopes
