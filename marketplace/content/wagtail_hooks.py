from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from marketplace.content.choosers import farm_chooser, listing_chooser


@hooks.register("register_admin_viewset")
def register_choosers() -> list[ViewSet]:
    return [listing_chooser, farm_chooser]
