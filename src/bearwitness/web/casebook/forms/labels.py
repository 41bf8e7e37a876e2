"""How uses, kinds and grades are said."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from bearwitness.casebook import NameKind, Use
from bearwitness.casebook.grades import Credibility, Reliability
from bearwitness.casebook.perpetrators import PerpetratorKind

USE_LABELS = {
    Use.RECORD: _("Record: write down what they tell"),
    Use.ANALYSE: _("Analyse: count them in studies"),
    Use.SHARE_WITH_PARTNERS: _("Share with named partner organisations"),
    Use.SHARE_WITH_UN: _("Share with United Nations bodies"),
    Use.SHARE_WITH_COURTS: _("Share with courts"),
    Use.PUBLISH_WITHOUT_NAME: _("Publish without their name"),
    Use.PUBLISH_WITH_NAME: _("Publish with their name"),
}
USE_WORDS = {
    Use.RECORD: _("record"),
    Use.ANALYSE: _("analyse"),
    Use.SHARE_WITH_PARTNERS: _("share with partners"),
    Use.SHARE_WITH_UN: _("share with the UN"),
    Use.SHARE_WITH_COURTS: _("share with courts"),
    Use.PUBLISH_WITHOUT_NAME: _("publish without name"),
    Use.PUBLISH_WITH_NAME: _("publish with name"),
}
KIND_LABELS = {
    NameKind.GIVEN_AT_BIRTH: _("Given at birth"),
    NameKind.ALIAS: _("Alias"),
    NameKind.NAME_IN_CHINA: _("Name in China"),
    NameKind.RELIGIOUS: _("Religious name"),
}
PERPETRATOR_LABELS = {
    PerpetratorKind.PERSON: _("a person"),
    PerpetratorKind.GROUP: _("a group of people"),
    PerpetratorKind.UNIT: _("a unit of a force or an office"),
    PerpetratorKind.UNKNOWN: _("somebody unknown"),
}
PERPETRATOR_WORDS = {
    PerpetratorKind.PERSON: _("person"),
    PerpetratorKind.GROUP: _("group"),
    PerpetratorKind.UNIT: _("unit"),
    PerpetratorKind.UNKNOWN: _("unknown"),
}
# The Admiralty code's own words: NATO AJP-2.1, STANAG 2511.
RELIABILITY_WORDS = {
    Reliability.COMPLETELY: _("completely reliable"),
    Reliability.USUALLY: _("usually reliable"),
    Reliability.FAIRLY: _("fairly reliable"),
    Reliability.NOT_USUALLY: _("not usually reliable"),
    Reliability.UNRELIABLE: _("unreliable"),
    Reliability.UNKNOWN: _("reliability cannot be judged"),
}
CREDIBILITY_WORDS = {
    Credibility.CONFIRMED: _("confirmed by other sources"),
    Credibility.PROBABLE: _("probably true"),
    Credibility.POSSIBLE: _("possibly true"),
    Credibility.DOUBTFUL: _("doubtful"),
    Credibility.IMPROBABLE: _("improbable"),
    Credibility.UNKNOWN: _("truth cannot be judged"),
}
LANGUAGES = [("ko", _("Korean")), ("zh", _("Chinese")), ("en", _("English")), ("und", _("Other"))]
