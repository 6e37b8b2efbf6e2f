"""A tracker whose copy costs the same however long the conversation is.

Rasa copies the tracker before every action by replaying all events; this one copies the state.
"""

import copy
import dataclasses

from rasa.shared.core.trackers import DialogueStateTracker


class WindowTracker(DialogueStateTracker):
    log_length: int = 0  # events of this conversation already in Redis
    synced: int = 0  # events of self.events already in Redis

    def copy(self) -> "WindowTracker":
        new = WindowTracker(self.sender_id, self.slots.values(), self._max_event_history, is_rule_tracker=self.is_rule_tracker)
        for name, slot in self.slots.items():  # __init__ resets the copies
            new.slots[name] = copy.copy(slot)
        new.events = copy.copy(self.events)
        new._paused = self._paused
        new.followup_action = self.followup_action
        new.latest_action = self.latest_action
        new.latest_message = self.latest_message
        new.latest_bot_utterance = self.latest_bot_utterance
        new.active_loop = dataclasses.replace(self.active_loop) if self.active_loop else None
        return new
