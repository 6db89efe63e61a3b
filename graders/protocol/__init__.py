"""What crosses a process boundary: frames, the judge/player messages, jobs, verdicts.

Everything here is plain data. Nothing here decides anything: the judge forms the verdict from messages that it received
itself, and whatever a player sends is untrusted until `frames.decode` and `messages` have accepted it.

Exception tree::

    ProtocolError                 the bytes or the shape are not the protocol; its `reason` is a stable word
"""

from graders.protocol.errors import ProtocolError
from graders.protocol.version import JUDGE_VERSION, PROTOCOL_VERSION

__all__ = ["JUDGE_VERSION", "PROTOCOL_VERSION", "ProtocolError"]
