"""What a token may do, in the words of the page that asks for it: `OAUTH2_PROVIDER["SCOPES"]`."""

from django.utils.translation import gettext_lazy as _

READ, WRITE = "livestreams:read", "livestreams:write"
SCOPES = {
    READ: _("See the livestreams of the channel"),
    WRITE: _("Pin products and end livestreams of the channel"),
}
