package dev.plimsoll.formats.hub;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A hub on this machine with one model, `acme/tiny`, that honours ranges unless told otherwise for a path.
final class StubHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String SECRET = "hf_this_is_very_secret";
    static final HubModel TINY = HubModel.parse("hf:acme/tiny");
    static final HubTimeouts QUICK =
            new HubTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(10), Duration.ofMillis(1));

    private static final String LISTING = "/api/models/acme/tiny/revision/main";

    static {
        // Otherwise each small answer waits 40 ms for more to send along.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, byte[]> files = new ConcurrentHashMap<>();
    private final Map<String, HttpHandler> handlers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /// What was asked.
    record Request(String path, String range, String authorization) {}

    StubHub() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    Hub hub(Path cache) {
        return new Hub(endpoint(), HubAccess.ONLINE, cache, Optional.empty(), QUICK);
    }

    Hub withToken(Path cache) {
        return new Hub(endpoint(), HubAccess.ONLINE, cache, HubToken.of("test", SECRET), QUICK);
    }

    Hub offline(Path cache) {
        return new Hub(endpoint(), HubAccess.OFFLINE, cache, Optional.empty(), QUICK);
    }

    StubHub file(String name, byte[] bytes) {
        files.put(name, bytes);
        return this;
    }

    StubHub file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    /// Answers for a path in another way.
    StubHub on(String path, HttpHandler handler) {
        handlers.put(path, handler);
        return this;
    }

    /// Answers for a file in another way.
    StubHub onFile(String name, HttpHandler handler) {
        return on(resolve(name), handler);
    }

    StubHub onListing(HttpHandler handler) {
        return on(LISTING, handler);
    }

    static String resolve(String name) {
        return "/acme/tiny/resolve/" + COMMIT + "/" + name;
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    void forget() {
        requests.clear();
    }

    /// Requests of a path.
    List<Request> requests(String path) {
        return requests.stream().filter(request -> request.path().equals(path)).toList();
    }

    /// An answer without a body, with headers given as name, value, name, value.
    static HttpHandler status(int status, String... headers) {
        return exchange -> {
            set(exchange, headers);
            exchange.sendResponseHeaders(status, -1);
        };
    }

    /// An answer with a body whose length is told.
    static HttpHandler body(int status, byte[] body, String... headers) {
        return exchange -> {
            set(exchange, headers);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        };
    }

    static void set(HttpExchange exchange, String... headers) {
        for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
        }
    }

    /// Sends what a range request asks of these bytes.
    static void ranges(HttpExchange exchange, byte[] bytes) throws IOException {
        Matcher range = RANGE.matcher(header(exchange.getRequestHeaders(), "Range"));
        if (!range.matches()) {
            send(exchange, 200, bytes, 0, bytes.length);
            return;
        }
        int from = Integer.parseInt(range.group(1));
        if (from >= bytes.length) {
            set(exchange, "Content-Range", "bytes */" + bytes.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        int last = Math.min(Integer.parseInt(range.group(2)), bytes.length - 1);
        set(exchange, "Content-Range", "bytes " + from + "-" + last + "/" + bytes.length);
        send(exchange, 206, bytes, from, last + 1 - from);
    }

    private static void send(HttpExchange exchange, int status, byte[] bytes, int from, int count) throws IOException {
        exchange.sendResponseHeaders(status, count == 0 ? -1 : count);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes, from, count);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        Headers headers = exchange.getRequestHeaders();
        String path = exchange.getRequestURI().getRawPath();
        requests.add(new Request(path, header(headers, "Range"), header(headers, "Authorization")));
        try (exchange) {
            HttpHandler handler = handlers.get(path);
            byte[] file = path.startsWith(resolve(""))
                    ? files.get(path.substring(resolve("").length()))
                    : null;
            if (handler != null) {
                handler.handle(exchange);
            } else if (path.startsWith("/api/models/acme/tiny/revision/")) {
                body(200, listing().getBytes(StandardCharsets.UTF_8)).handle(exchange);
            } else if (file != null) {
                set(exchange, "X-Repo-Commit", COMMIT);
                ranges(exchange, file);
            } else {
                status(404, "X-Error-Code", "EntryNotFound").handle(exchange);
            }
        }
    }

    String listing() {
        return files.keySet().stream()
                .map(name -> "{\"rfilename\":\"" + name + "\"}")
                .collect(Collectors.joining(
                        ",",
                        "{\"id\":\"acme/tiny\",\"sha\":\"" + COMMIT + "\",\"siblings\":[",
                        "],\"private\":false}"));
    }

    private static String header(Headers headers, String name) {
        String value = headers.getFirst(name);
        return value == null ? "" : value;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
