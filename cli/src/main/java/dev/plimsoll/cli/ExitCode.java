package dev.plimsoll.cli;

import dev.plimsoll.model.failure.FailureKind;

/// What the process says to its caller; the numbers are part of the contract.
enum ExitCode {
    ANSWERED(0),
    OUR_FAULT(1),
    USAGE(2),
    GATE_FAILED(3),
    INPUT(4),
    SURROUNDINGS(5),
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static ExitCode of(FailureKind kind) {
        return switch (kind) {
            case USAGE -> USAGE;
            case UNREADABLE, UNSUPPORTED -> INPUT;
            case SURROUNDINGS -> SURROUNDINGS;
        };
    }
}
