"""`GET /metrics`: the metrics in the text format of Prometheus, for those who may read them."""

import hmac
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from resolvers.roles import ADMIN_ONLY
from schema.server.authentication.authenticator import AUTHORIZATION, LOCAL_USER, Authenticator
from schema.server.errors import Rejected, forbidden
from schema.server.metrics import BUCKETS, Counts, Metrics
from schema.server.requests.browser_requests import BrowserRequests
from schema.server.responses.bodies import send_refusal

GAUGES = {
    "most": (
        "carnet_pool_size",
        "Connections or threads that a pool may have; requests, client connections, WebSockets and subscriptions that "
        "there may be.",
    ),
    "in_use": (
        "carnet_pool_in_use",
        "Connections or threads of a pool that are in use; requests that are answered; open client connections and "
        "WebSockets; subscriptions.",
    ),
    "bytes": ("carnet_cache_bytes", "Estimated size of the cache."),
    "entries": ("carnet_cache_entries", "Entries of the cache."),
}
COUNTERS = {
    "lines": ("carnet_lines_logged", "Lines of segments that were logged."),
    "hits": ("carnet_cache_hits", "Look-ups that the cache answered."),
    "misses": ("carnet_cache_misses", "Look-ups that the cache did not answer."),
    "dropped": (
        "carnet_client_connections_dropped",
        "Client connections that were closed to make room for others, or refused.",
    ),
    "webhooks_delivered": ("carnet_webhooks_delivered", "Changes that were delivered to webhooks."),
    "webhooks_failed": ("carnet_webhooks_failed", "Attempts to deliver a change to a webhook that failed."),
    "webhooks_disabled": ("carnet_webhooks_disabled", "Webhooks that were switched off because of their receivers."),
}
BOUNDS = [*map(str, BUCKETS), "+Inf"]


def text_of(counts: Sequence[Counts]) -> bytes:
    """The sum of the counts of several processes. Memory and CPU time are shown if there is only one."""
    registry = CollectorRegistry()
    registry.register(_CountsCollector(counts))
    if len(counts) == 1:
        ProcessCollector(registry=registry)
    return generate_latest(registry)


class _CountsCollector(Collector):
    """Makes the metrics of counts."""

    def __init__(self, counts: Sequence[Counts]) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield from self._requests()
        for key, (metric, description) in COUNTERS.items():
            yield CounterMetricFamily(metric, description, value=sum(each["counters"][key] for each in self._counts))
        yield from self._gauges()

    def _requests(self) -> Iterator[Metric]:
        """The numbers and durations of requests."""
        requests, fields, companies = (Counter[tuple[str, str]]() for _ in range(3))
        durations: dict[str, list[float]] = {}
        for counts in self._counts:
            for company, code, number in counts["companies"]:
                companies[company, code] += number
            for field, code, number in counts["fields"]:
                fields[field, code] += number
            for name, fields_of_kind, code, (seconds, *in_buckets) in counts["kinds"]:
                number = int(sum(in_buckets))
                requests[name or "", code] += number
                for field in fields_of_kind:
                    fields[field, code] += number
                before = durations.get(name or "", [0.0] * (len(BUCKETS) + 2))
                durations[name or ""] = [a + b for a, b in zip(before, (seconds, *in_buckets), strict=True)]
        yield _counter("carnet_requests", "Requests to /graphql.", ("operation", "code"), requests)
        yield _counter("carnet_root_fields", "Root fields of requests to /graphql.", ("field", "code"), fields)
        yield _counter("carnet_company_requests", "Requests to companies.", ("company", "code"), companies)
        histogram = HistogramMetricFamily(
            "carnet_request_duration_seconds", "Duration of requests to /graphql.", labels=("operation",)
        )
        for name, (seconds, *in_buckets) in durations.items():
            histogram.add_metric((name,), [*zip(BOUNDS, accumulate(in_buckets), strict=True)], sum_value=seconds)
        yield histogram

    def _gauges(self) -> Iterator[Metric]:
        for key, (metric, description) in GAUGES.items():
            gauge = GaugeMetricFamily(metric, description, labels=("pool",) if key in ("most", "in_use") else ())
            values = Counter[str]()
            for each in self._counts:
                values.update({pool: value for kind, pool, value in each["gauges"] if kind == key})
            for pool, value in values.items():
                gauge.add_metric((pool,) if pool else (), value)
            yield gauge


def _counter(
    name: str, description: str, labels: tuple[str, ...], values: Counter[tuple[str, str]]
) -> CounterMetricFamily:
    made = CounterMetricFamily(name, description, labels=labels)
    for key, value in values.items():
        made.add_metric(key, value)
    return made


class MetricsEndpoint:
    """The ASGI endpoint `/metrics`: for callers on the same machine that need no token, for administrators, and for
    whoever has the token of the setting.
    """

    def __init__(
        self, metrics: Metrics, authenticator: Authenticator, browser_requests: BrowserRequests, token: str | None
    ) -> None:
        self._metrics, self._authenticator, self._browser_requests = metrics, authenticator, browser_requests
        self._expected = None if token is None else f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            if scope["method"] not in ("GET", "HEAD"):
                raise Rejected(405, "Use GET.", headers=[(b"allow", b"GET, HEAD")])
            await self.check(scope)
        except Rejected as rejected:
            await send_refusal(send, rejected)
            return
        await Response(text_of(self._metrics.counts()), media_type=CONTENT_TYPE_LATEST)(scope, receive, send)

    async def check(self, scope: Scope) -> None:
        """Raises `Rejected` if the caller may not read the metrics."""
        headers = dict(scope["headers"])
        given = headers.get(AUTHORIZATION)
        if self._expected is not None and given is not None and hmac.compare_digest(given, self._expected):
            return
        user = await self._authenticator.user(scope, headers)
        if user is LOCAL_USER:
            self._browser_requests.check(scope, headers)
        elif not user.roles >= ADMIN_ONLY:
            raise forbidden(
                "Metrics need a token with the role ADMIN, or the token in CARNET_METRICS_TOKEN. Send one of them."
            )
