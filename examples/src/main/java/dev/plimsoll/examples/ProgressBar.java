package dev.plimsoll.examples;

import java.io.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/// One line on standard error that says how far a training is; nothing where the program does not run in a terminal.
final class ProgressBar {
    private static final int WIDTH = 40;

    private final PrintStream out;
    private final int steps;

    private ProgressBar(PrintStream out, int steps) {
        this.out = out;
        this.steps = steps;
    }

    static ProgressBar of(int steps) {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new ProgressBar(terminal ? System.err : new PrintStream(OutputStream.nullOutputStream()), steps);
    }

    void show(int step, double loss) {
        int done = WIDTH * step / steps;
        out.printf(
                Locale.ROOT,
                "\r[%s%s] %d/%d  loss %.3f",
                "#".repeat(done),
                ".".repeat(WIDTH - done),
                step,
                steps,
                loss);
        if (step == steps) {
            out.println();
        }
    }
}
