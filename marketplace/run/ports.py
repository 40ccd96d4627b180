import errno
import socket

from marketplace.run.errors import CannotRun


def require_free(host: str, port: int, *, variable: str) -> None:
    """Raise CannotRun, naming the `variable` to change, unless a server could listen there now."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise CannotRun(f"HOST={host} is not an address of this machine.") from None
    except OSError as error:
        raise CannotRun(_explain(error, host, port, variable)) from error


def _explain(error: OSError, host: str, port: int, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program: stop that one, or choose another port, "
            f"for example `make run {variable}={port + 100}`."
        )
    if error.errno == errno.EACCES:
        return (
            f"Only root may use port {port}: choose one above 1023, for example `make run {variable}=8000`."
        )
    return f"Cannot listen on {host} port {port}: {error.strerror}."
