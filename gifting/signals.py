"""What other apps can listen to. Each is sent after the commit; a listener that fails is logged, no more.

All carry `gift`, the GiftPack; `gift_pack_revoked` also `actor`, who took it back.
"""

from django.dispatch import Signal

gift_pack_sent = Signal()
gift_pack_confirmed = Signal()
gift_pack_expired = Signal()
gift_pack_revoked = Signal()
