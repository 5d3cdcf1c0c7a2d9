package dev.plimsoll.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Whether the user has had enough (an interrupt from the keyboard), so that work can end with what it has.
///
/// The process ends once [#close] was called, or a while after the interrupt; its exit code is then 130.
final class Interruption implements AutoCloseable {
    private static final long MOST_SECONDS = 20;

    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private final Thread hook = new Thread(this::interrupted, "interruption");
    private volatile boolean asked;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    boolean isAsked() {
        return asked;
    }

    private void interrupted() {
        asked = true;
        answered.completeOnTimeout(false, MOST_SECONDS, TimeUnit.SECONDS).join();
    }

    /// Says that the answer is printed.
    @Override
    public void close() {
        answered.complete(true);
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException interruptedMeanwhile) {
            // The hook runs already and ends by itself.
        }
    }
}
