"""Entry for ASGI servers: the events of live shows, and everything else that Django serves."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from livestream.fanout.asgi import mount  # noqa: E402  (it needs the apps, which stand only now)

application = mount(django_application)
