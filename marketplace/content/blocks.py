"""What a story is made of: words, pictures and what people say; nothing that carries code or a stranger's embed."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

_FEATURES = ["bold", "italic", "link", "ol", "ul"]


class PictureBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        template = "content/blocks/picture.html"
        label = _("Picture")


class QuoteBlock(blocks.StructBlock):
    words = blocks.TextBlock(label=_("What was said"), max_length=400)
    speaker = blocks.CharBlock(label=_("Who said it"), max_length=120)

    class Meta:
        icon = "openquote"
        template = "content/blocks/quote.html"
        label = _("Quote")


class StoryBlock(blocks.StreamBlock):
    heading = blocks.CharBlock(
        label=_("Heading"), max_length=120, icon="title", template="content/blocks/heading.html"
    )
    words = blocks.RichTextBlock(label=_("Words"), features=_FEATURES, icon="pilcrow")
    picture = PictureBlock()
    quote = QuoteBlock()
