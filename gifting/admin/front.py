"""The admin's front page gets the packing bench's box, unless the host has a front page of its own."""

from django.contrib import admin

if admin.site.index_template is None:
    admin.site.index_template = "gifting/admin/front.html"
