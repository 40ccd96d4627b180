"""What the application server runs: Django behind the cache of public pages."""

from django.core.wsgi import get_wsgi_application

django = get_wsgi_application()

from marketplace.pagecache.wsgi import PageCache  # noqa: E402  needs the settings

application = PageCache(django)
