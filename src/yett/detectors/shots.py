"""
Shots: a conversation that never took place, in which an assistant gives in again and again; the detector `shots`.

A model that reads dozens of turns in which "the assistant" answers whatever it is asked goes on like that (many-shot
jailbreaking, Anil et al., 2024). So turns are counted: a line that begins with a person's role, then one that begins
with an assistant's. Transcripts and examples for a task are written alike, so it takes many turns in which the
assistant says yes before anything else; of other turns it takes more, and they are only half as telling.

Only what comes in is judged, as a whole: a model's own text is not.
"""
# ruff: noqa: RUF001 - the alphabets of many languages

import re
from collections.abc import Iterator
from itertools import islice

from yett.model.finding import Match
from yett.model.segment import Origin
from yett.ports.detector import EVERYBODY

__all__ = ["Shots"]

_PERSON = (
    "human|user|person|prompt|me|customer|mensch|benutzer|nutzer|utilisateur|humain|usuario|humano|usuário|utente|umano|"
    "gebruiker|mens|użytkownik|uzytkownik|uživatel|användare|kullanıcı|kullanici|pengguna|manusia|người dùng|nguoi dung|"
    "пользователь|человек|користувач|людина|用户|用戶|人类|人間|ユーザー|사용자|인간|المستخدم|الإنسان|उपयोगकर्ता|کاربر"
)
_ASSISTANT = (
    "assistant|ai|model|chatgpt|gpt|claude|bot|chatbot|gemini|llama|assistent|ki|asistente|ia|assistente|asystent|"
    "asistent|yapay zeka|asistan|asisten|trợ lý|tro ly|ассистент|помощник|асистент|помічник|助手|助理|人工智能|アシスタント|"
    "어시스턴트|도우미|المساعد|सहायक|دستیار"
)
_YES = (
    r"sure|of course|certainly|absolutely|yes|okay|ok\b|here(?:'s| is| are)|to (?:make|build|do|hack|get|create|commit)|step 1|"
    r"first,|natürlich|naturlich|gerne|klar|bien sûr|bien sur|d'accord|voici|claro|por supuesto|aquí|aqui está|com certeza|"
    r"certo|certamente|ecco|natuurlijk|zeker|oczywiście|oczywiscie|jasne|jistě|självklart|elbette|tabii|tentu|baik|được|"
    r"duoc|chắc chắn|конечно|да,|вот|звичайно|так,|当然|好的|可以|没问题|もちろん|はい|물론|네|بالتأكيد|نعم|بالطبع|ज़रूर|हाँ|जरूर|البته"
)
_TURN = re.compile(
    rf"(?im)^[ \t>*#\[(]{{0,6}}(?:(?P<person>{_PERSON})|(?P<assistant>{_ASSISTANT}))[ \t\])*]{{0,4}}[:：][ \t*]{{0,4}}(?P<yes>{_YES})?"
)
_FEWEST, _MOST = 4, 2_000
"""How many lines that begin with a role are looked at: far more than it takes to be sure."""
_GIVEN_IN = ((24, 0.9), (12, 0.8), (6, 0.7), (4, 0.5))
_TURNS = ((64, 0.7), (32, 0.5))


class Shots:
    """Finds made-up conversations in which an assistant gives in."""

    name = "shots"
    cost = 0
    kinds = frozenset({"injection"})
    readings = frozenset({"raw"})
    origins = EVERYBODY - {Origin.MODEL, Origin.OPERATOR, Origin.DEFINITION}
    look_behind = 0
    revision = "1"

    def detect(self, text: str, origin: Origin, start: int = 0) -> Iterator[Match]:
        """Report, of the whole of *text*, the stretch in which an assistant gives in."""
        if origin not in self.origins or start:
            return
        if text.count(":") + text.count("\uff1a") < 2 * _FEWEST:
            return
        turns = given_in = 0
        first = last = -1
        asked = False
        for found in islice(_TURN.finditer(text), _MOST):
            if found["assistant"] and asked:
                turns += 1
                given_in += found["yes"] is not None
                last = found.end()
            asked = found["person"] is not None
            first = found.start() if first < 0 else first
        score = _score(turns, given_in)
        if score:
            yield Match(first, last, "injection.many_shot", score, "turns")

    def hold(self, text: str, origin: Origin, start: int = 0) -> int:
        """Return *start*, since the whole text is judged; its end for one that is not."""
        return start if origin in self.origins else len(text)


def _score(turns: int, given_in: int) -> float:
    surest = max((score for least, score in _TURNS if turns >= least), default=0.0)
    if 2 * given_in < turns:
        return surest
    return max(surest, *(score for least, score in _GIVEN_IN if given_in >= least), 0.0)
