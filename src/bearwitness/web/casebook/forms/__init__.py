"""The forms of the casebook, by what they ask about."""

from bearwitness.web.casebook.forms.acts import (
    ActForm,
    CodingForm,
    EventForm,
    EvidenceForm,
    PerpetratorForm,
    with_kind_words,
)
from bearwitness.web.casebook.forms.fields import (
    term_choices,
)
from bearwitness.web.casebook.forms.labels import (
    CREDIBILITY_WORDS,
    KIND_LABELS,
    LANGUAGES,
    PERPETRATOR_WORDS,
    RELIABILITY_WORDS,
    USE_LABELS,
    USE_WORDS,
)
from bearwitness.web.casebook.forms.people import (
    BeginInterviewForm,
    ConsentForm,
    EditInterviewForm,
    EditPersonForm,
    InterviewForm,
    NameSearchForm,
    NewInterviewForm,
    PersonForm,
)
from bearwitness.web.casebook.forms.sources import (
    ActGradeForm,
    EditSourceForm,
    OriginalForm,
    SourceForm,
)

__all__ = [
    "CREDIBILITY_WORDS",
    "KIND_LABELS",
    "LANGUAGES",
    "PERPETRATOR_WORDS",
    "RELIABILITY_WORDS",
    "USE_LABELS",
    "USE_WORDS",
    "ActForm",
    "ActGradeForm",
    "BeginInterviewForm",
    "CodingForm",
    "ConsentForm",
    "EditInterviewForm",
    "EditPersonForm",
    "EditSourceForm",
    "EventForm",
    "EvidenceForm",
    "InterviewForm",
    "NameSearchForm",
    "NewInterviewForm",
    "OriginalForm",
    "PerpetratorForm",
    "PersonForm",
    "SourceForm",
    "term_choices",
    "with_kind_words",
]
