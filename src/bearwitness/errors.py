"""One family of errors: a sentence, a hint, an exit code.

BearwitnessError                 1
├── InputError                  10  a file we were given cannot be used
│   ├── FileMissing             11
│   ├── FileEmpty               12
│   ├── EncodingUnknown         13
│   ├── NotATable               14
│   ├── CellsMerged             15
│   ├── FileTooLarge            16  includes archives that unpack without end
│   ├── CountInvalid            17  negative, fractional or missing counts
│   ├── ListConstant            18  a list column that holds one value only
│   ├── RecordsRepeated         19  the same record id twice in one list
│   └── TableMismatch           20  a table does not fit its declared schema
├── StudyError                  30
│   ├── StudyInvalid            31  study.toml: unknown key, wrong type, missing part
│   ├── SealBroken              32  a frozen input is not what was sealed
│   ├── JudgementInvalid        33
│   └── StudyBusy               34  another run of the same study is under way
├── EstimateRefused             40  the data cannot say
├── ReleaseError                50
│   ├── DisclosureUnsafe        51  the table would betray someone
│   ├── FigureUnknown           52
│   ├── SigningFailed           53
│   ├── FigureStale             54  a report's text was written for another value
│   ├── LetterUnknown           55  no font that ships with us has this letter
│   ├── WordsMissing            56  a report in this language lacks words of the study
│   ├── LedgerBroken            57  the ledger of releases was changed or cut
│   └── BudgetSpent             58  the privacy budget of these people does not reach
├── VerificationError           60
│   ├── PackageInvalid          61  not a package, or a part is missing
│   ├── PackageChanged          62  a file differs from the manifest
│   ├── SignatureInvalid        63
│   ├── TimestampInvalid        64  no timestamp could be had, or it is not of this package
│   ├── RulesBroken             65  a table in it breaks the rules that it states
│   └── FigureDiffers           66  a figure comes out otherwise from the tables in it
└── RecordsError                70
    ├── ConsentMissing          71
    ├── NotPermitted            72
    ├── AuditBroken             73
    ├── ExtraMissing            74  the [web] extra is not installed
    └── EditConflict            75  somebody else saved the same row meanwhile
"""

from __future__ import annotations


class BearwitnessError(Exception):
    """What is wrong, where, and what to do: `str(error)`, `where`, `hint`.

    Messages name files, rows and columns. They never quote a cell: a cell may name a person.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "", where: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(BearwitnessError):
    exit_code = 10


class FileMissing(InputError):
    exit_code = 11


class FileEmpty(InputError):
    exit_code = 12


class EncodingUnknown(InputError):
    exit_code = 13


class NotATable(InputError):
    exit_code = 14


class CellsMerged(InputError):
    exit_code = 15


class FileTooLarge(InputError):
    exit_code = 16


class CountInvalid(InputError):
    exit_code = 17


class ListConstant(InputError):
    exit_code = 18


class RecordsRepeated(InputError):
    exit_code = 19


class TableMismatch(InputError):
    exit_code = 20


class StudyError(BearwitnessError):
    exit_code = 30


class StudyInvalid(StudyError):
    exit_code = 31


class SealBroken(StudyError):
    exit_code = 32


class JudgementInvalid(StudyError):
    exit_code = 33


class StudyBusy(StudyError):
    exit_code = 34


class EstimateRefused(BearwitnessError):
    exit_code = 40


class ReleaseError(BearwitnessError):
    exit_code = 50


class DisclosureUnsafe(ReleaseError):
    exit_code = 51


class FigureUnknown(ReleaseError):
    exit_code = 52


class SigningFailed(ReleaseError):
    exit_code = 53


class FigureStale(ReleaseError):
    exit_code = 54


class LetterUnknown(ReleaseError):
    exit_code = 55


class WordsMissing(ReleaseError):
    exit_code = 56


class LedgerBroken(ReleaseError):
    exit_code = 57


class BudgetSpent(ReleaseError):
    exit_code = 58


class VerificationError(BearwitnessError):
    exit_code = 60


class PackageInvalid(VerificationError):
    exit_code = 61


class PackageChanged(VerificationError):
    exit_code = 62


class SignatureInvalid(VerificationError):
    exit_code = 63


class TimestampInvalid(VerificationError):
    exit_code = 64


class RulesBroken(VerificationError):
    exit_code = 65


class FigureDiffers(VerificationError):
    exit_code = 66


class RecordsError(BearwitnessError):
    exit_code = 70


class ConsentMissing(RecordsError):
    exit_code = 71


class NotPermitted(RecordsError):
    exit_code = 72


class AuditBroken(RecordsError):
    exit_code = 73


class ExtraMissing(RecordsError):
    exit_code = 74


class EditConflict(RecordsError):
    exit_code = 75
