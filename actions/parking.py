"""Tasks inside tasks: a form that ends gives the floor back to the one it interrupted (at most two wait)."""

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.base import Events
from actions.forms import TaskForm
from actions.turn import REQUESTED_SLOT, Turn

PARKED_AT_MOST = 2


def parked(turn: Turn) -> list[str]:
    """Forms that wait, the next to go on last."""
    return [name for name in turn.loops_open() if name != turn.loop and name in TaskForm.registry][-PARKED_AT_MOST:]


def resume(turn: Turn) -> Events:
    """Events that give the floor back, or nothing where no form waits."""
    waiting = parked(turn)
    if not waiting:
        return []
    form = waiting[-1]
    return [*TaskForm.registry[form].resumed(turn), ActiveLoop(form), FollowupAction(form)]


def leave_all(turn: Turn) -> Events:
    """End the open form and forget the parked ones, values included."""
    forms = turn.loops_open()
    clear = [event for name in forms if name in TaskForm.registry for event in TaskForm.registry[name].cleared()]
    return [*clear, *(ActiveLoop(None) for _ in forms), SlotSet(REQUESTED_SLOT, None)]


def leave_this(turn: Turn) -> Events:
    """End the open form only; what it interrupted goes on."""
    if not turn.loop:
        return []
    clear = TaskForm.registry[turn.loop].cleared() if turn.loop in TaskForm.registry else []
    return [*clear, ActiveLoop(None), SlotSet(REQUESTED_SLOT, None), *resume(turn)]
