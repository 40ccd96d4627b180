"""What an editor publishes is seen at once: the cached public pages are forgotten."""

from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished, post_page_move

from marketplace.pagecache.services import bump


@receiver([page_published, page_unpublished, post_page_move])
def forget_public_pages(**kwargs: object) -> None:
    bump()
