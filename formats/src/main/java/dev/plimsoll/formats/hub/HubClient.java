package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Asks a hub about one model.
///
/// Redirects are followed here and not by the library, since that sends the token on to wherever they lead. Proxies
/// are those of the Java system properties.
final class HubClient {
    private static final int MOST_REDIRECTS = 5;
    private static final int MOST_RETRIES = 2;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final Hub hub;
    private final HubModel model;
    private @Nullable HttpClient http;

    HubClient(Hub hub, HubModel model) {
        this.hub = hub;
        this.model = model;
    }

    /// The hub's description of the model.
    ///
    /// @throws InputException when it is longer than `longest` bytes
    ByteBuffer listing(int longest) {
        String subject = model.reference();
        HubAnswer answer = ask(subject, HubAddress.listing(hub, model), new HubPart.Whole(longest + 1));
        if (answer.status() != 200) {
            throw HubFailure.refused(hub, model, subject, answer);
        }
        HubRanges.requireUncoded(subject, answer);
        if (answer.body().limit() > longest) {
            throw InputException.unreadable(
                    subject + ": the hub's description has more than " + Numbers.grouped(longest)
                            + " bytes, expected some kilobytes",
                    "Check that HF_ENDPOINT is the address of a hub.");
        }
        return answer.body();
    }

    /// Bytes of a file at a commit.
    ///
    /// @param subject what errors call the file
    HubPiece piece(String subject, String commit, String fileName, HubPart.Range range) {
        HubAnswer answer = ask(subject, HubAddress.file(hub, model, commit, fileName), range);
        if (answer.status() != 200 && answer.status() != 206 && answer.status() != 416) {
            throw HubFailure.refused(hub, model, subject, answer);
        }
        if (answer.commit().isPresent() && !answer.commit().get().equals(commit)) {
            throw InputException.unreadable(
                    subject + ": found commit " + Text.printable(answer.commit().get()) + ", expected " + commit,
                    "Try again; files of several commits do not make a model.");
        }
        return HubRanges.piece(subject, range, answer);
    }

    /// Asks until there is an answer that waiting does not mend, all within the time for a request.
    private HubAnswer ask(String subject, URI address, HubPart part) {
        long end = System.nanoTime() + hub.timeouts().request().toNanos();
        for (int retries = 0; ; retries++) {
            HubAnswer answer = follow(subject, address, part, end);
            Optional<Duration> wait = waitBefore(retries, answer);
            if (wait.isEmpty() || wait.get().toNanos() >= end - System.nanoTime()) {
                return answer;
            }
            sleep(subject, wait.get());
        }
    }

    private Optional<Duration> waitBefore(int retries, HubAnswer answer) {
        boolean passing = answer.status() == 429 || answer.status() >= 500;
        if (!passing || retries >= MOST_RETRIES) {
            return Optional.empty();
        }
        OptionalLong asked = answer.number("Retry-After");
        Duration wait = asked.isPresent()
                ? Duration.ofSeconds(asked.getAsLong())
                : hub.timeouts().backoff().multipliedBy(1L << retries);
        return Optional.of(wait).filter(time -> time.compareTo(LONGEST_WAIT) <= 0);
    }

    private HubAnswer follow(String subject, URI start, HubPart part, long end) {
        URI address = start;
        HubOrigin origin = HubOrigin.of(start);
        Optional<HubToken> token = hub.token();
        Optional<String> commit = Optional.empty();
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            HttpResponse<ByteBuffer> response = send(subject, request(address, part, token), part, end);
            if (commit.isEmpty()) {
                commit = response.headers().firstValue("X-Repo-Commit");
            }
            if (!redirects(response.statusCode())) {
                return new HubAnswer(origin, response.statusCode(), response.headers(), commit, response.body());
            }
            address = target(subject, origin, address, response);
            HubOrigin next = HubOrigin.of(address);
            if (!next.equals(origin)) {
                // For good: whoever sends us back must not choose where the token goes.
                token = Optional.empty();
            }
            origin = next;
        }
        throw HubFailure.redirect(subject, origin, "more than " + MOST_REDIRECTS + " times");
    }

    private static boolean redirects(int status) {
        return switch (status) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
    }

    private static URI target(String subject, HubOrigin from, URI address, HttpResponse<?> response) {
        String location = response.headers().firstValue("Location").orElse("");
        try {
            URI target = address.resolve(new URI(location));
            if (!location.isEmpty() && HubOrigin.isWeb(target)) {
                return target;
            }
            throw HubFailure.redirect(
                    subject, from, "to an address of scheme " + Text.printable(String.valueOf(target.getScheme())));
        } catch (URISyntaxException noAddress) {
            throw HubFailure.redirect(subject, from, "to something that is no address");
        }
    }

    private static HttpRequest request(URI address, HubPart part, Optional<HubToken> token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("Accept-Encoding", "identity")
                .header("User-Agent", "plimsoll");
        switch (part) {
            case HubPart.Whole _ -> request.header("Accept", "application/json");
            case HubPart.Range range -> request.header("Range", "bytes=" + range.offset() + "-" + range.last());
        }
        token.ifPresent(secret -> request.header("Authorization", secret.header()));
        return request.build();
    }

    private HttpResponse<ByteBuffer> send(String subject, HttpRequest request, HubPart part, long end) {
        HubOrigin host = HubOrigin.of(request.uri());
        // The library's own time limit ends with the headers; a body may then trickle for ever.
        CompletableFuture<HttpResponse<ByteBuffer>> answer = http().sendAsync(request, HubBody.of(part));
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            answer.cancel(true);
            throw HubFailure.late(subject, host, hub.timeouts().request());
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause();
            throw HubFailure.unreachable(subject, host, cause == null ? failure : cause);
        } catch (InterruptedException stopped) {
            answer.cancel(true);
            throw interrupted(subject);
        }
    }

    private static void sleep(String subject, Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stopped) {
            throw interrupted(subject);
        }
    }

    private static InputException interrupted(String subject) {
        Thread.currentThread().interrupt();
        return HubFailure.surroundings(subject + ": interrupted, expected time to read it", "Run it again.");
    }

    /// Made at the first request, since loading the library takes longer than reading a cache.
    private HttpClient http() {
        if (http == null) {
            http = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(hub.timeouts().connect())
                    .build();
        }
        return http;
    }
}
