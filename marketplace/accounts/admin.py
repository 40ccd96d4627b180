from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from marketplace.accounts.models import User

#: Django's own login asks for a password; this one leads to phone and code, and refuses who is not staff.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["phone", "full_name", "is_staff", "is_active", "date_joined"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["phone", "full_name", "email"]
    fields = [
        "phone",
        "full_name",
        "email",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "user_permissions",
    ]
