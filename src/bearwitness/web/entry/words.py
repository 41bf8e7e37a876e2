from django.utils.translation import gettext_lazy as _

from bearwitness.records.second_factors import CODE_APP, PASSKEY, RECOVERY

KIND_WORDS = {CODE_APP: _("code app"), PASSKEY: _("passkey"), RECOVERY: _("recovery codes")}
