"""What can go wrong between Twilio and an answer.

CarelineError
└── IvrError
    ├── NotNoted         the disk took no call back: nobody may be promised one
    └── StepInvalid      the step of a call is not one we gave out, belongs to another call, or is too old
"""

from core.errors import CarelineError


class IvrError(CarelineError):
    code = "ivr_error"


class StepInvalid(IvrError):
    code = "step_invalid"


class NotNoted(IvrError):
    code = "callback_not_noted"
