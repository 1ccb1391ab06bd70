"""Addresses of the pages on which other systems are connected."""

from django.urls import path

from balai.services.pages import connections

_ONE = "meja/sambungan/<uuid:key>/"

urlpatterns = [
    path("meja/sambungan/", connections.connections, name="service-connections"),
    path(_ONE, connections.connection, name="service-connection"),
    path(f"{_ONE}hentikan", connections.stop, name="service-connection-stop"),
    path(f"{_ONE}rahasia", connections.replace_secret, name="service-connection-secret"),
    path(f"{_ONE}coba", connections.ping, name="service-connection-ping"),
    path(f"{_ONE}pesan/<uuid:message>/lagi", connections.send_again, name="service-connection-again"),
]
