"""What the market tells: its front page, the stories of its growers, and plain pages. Wagtail serves them all."""

from marketplace.content.front import HomePage
from marketplace.content.pages import PublicPage
from marketplace.content.stories import FarmStoryPage, InfoPage, StoryIndexPage

__all__ = ["FarmStoryPage", "HomePage", "InfoPage", "PublicPage", "StoryIndexPage"]
