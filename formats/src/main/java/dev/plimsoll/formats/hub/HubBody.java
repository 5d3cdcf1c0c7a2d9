package dev.plimsoll.formats.hub;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// Takes a stretch of a response's body, and breaks the connection off when more comes.
///
/// So a server that sends all of a checkpoint where a part was asked for costs no more than the part.
final class HubBody implements HttpResponse.BodySubscriber<ByteBuffer> {
    // Of an error or a redirect: enough to reuse the connection, and nobody reads it.
    private static final int ERROR = 1 << 14;

    private final CompletableFuture<ByteBuffer> result = new CompletableFuture<>();
    private final int most;
    private long toSkip;
    private ByteBuffer taken = ByteBuffer.allocate(0);
    private Flow.@Nullable Subscription subscription;

    private HubBody(long toSkip, int most) {
        this.toSkip = toSkip;
        this.most = most;
    }

    /// The handler that takes that part, from a server that honours ranges or one that does not.
    static HttpResponse.BodyHandler<ByteBuffer> of(HubPart part) {
        return info -> switch (part) {
            case HubPart.Whole(int most) when info.statusCode() == 200 -> new HubBody(0, most);
            case HubPart.Range(long _, int count) when info.statusCode() == 206 -> new HubBody(0, count);
            case HubPart.Range range
            when info.statusCode() == 200 ->
                HubRanges.isNear(range) ? new HubBody(range.offset(), range.count()) : new HubBody(0, 0);
            case HubPart.Whole _, HubPart.Range _ -> new HubBody(0, ERROR);
        };
    }

    @Override
    public CompletionStage<ByteBuffer> getBody() {
        return result;
    }

    @Override
    public void onSubscribe(Flow.Subscription started) {
        subscription = started;
        // One at a time, so that little is under way when the connection is broken off.
        started.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        for (ByteBuffer buffer : buffers) {
            int skipped = (int) Math.min(toSkip, buffer.remaining());
            buffer.position(buffer.position() + skipped);
            toSkip -= skipped;
            int wanted = Math.min(buffer.remaining(), most - taken.position());
            grow(wanted);
            taken.put(buffer.slice(buffer.position(), wanted));
            if (wanted < buffer.remaining()) {
                breakOff();
                return;
            }
        }
        if (subscription != null) {
            subscription.request(1);
        }
    }

    private void grow(int wanted) {
        if (taken.remaining() < wanted) {
            int size = (int) Math.min(most, Math.max(2L * taken.capacity(), taken.position() + wanted));
            taken = ByteBuffer.allocate(size).put(taken.flip());
        }
    }

    private void breakOff() {
        if (subscription != null) {
            subscription.cancel();
        }
        onComplete();
    }

    @Override
    public void onError(Throwable failure) {
        result.completeExceptionally(failure);
    }

    @Override
    public void onComplete() {
        if (!result.isDone()) {
            result.complete(ByteBuffer.wrap(taken.array(), 0, taken.position()));
        }
    }
}
