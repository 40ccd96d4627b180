"""The pages that every market begins with: its front and an empty list of stories, in place of Wagtail's welcome."""

from django.db import migrations


def make_pages(apps, schema_editor):
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    ContentType = apps.get_model("contenttypes", "ContentType")
    HomePage = apps.get_model("content", "HomePage")
    StoryIndexPage = apps.get_model("content", "StoryIndexPage")

    Page.objects.filter(depth=2, slug="home").delete()
    common = {"locale": Locale.objects.order_by("pk").first(), "live": True}
    kind, _ = ContentType.objects.get_or_create(app_label="content", model="homepage")
    home = HomePage.objects.create(
        title="Nông sản Bình Phước, mua thẳng của người trồng",
        draft_title="Nông sản Bình Phước, mua thẳng của người trồng",
        lead="Điều, tiêu, cà phê, trái cây và mật ong. Trả bằng mã QR hoặc khi nhận hàng.",
        slug="trang-chu",
        content_type=kind,
        path="00010001",
        depth=2,
        numchild=1,
        url_path="/trang-chu/",
        **common,
    )
    kind, _ = ContentType.objects.get_or_create(app_label="content", model="storyindexpage")
    StoryIndexPage.objects.create(
        title="Chuyện người trồng",
        draft_title="Chuyện người trồng",
        slug="cau-chuyen",
        content_type=kind,
        path="000100010001",
        depth=3,
        numchild=0,
        url_path="/trang-chu/cau-chuyen/",
        show_in_menus=True,
        **common,
    )
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.update_or_create(
        is_default_site=True, defaults={"hostname": "localhost", "root_page_id": home.pk}
    )


class Migration(migrations.Migration):
    dependencies = [("content", "0001_initial"), ("wagtailcore", "0098_apitoken")]
    operations = [migrations.RunPython(make_pages, migrations.RunPython.noop)]
