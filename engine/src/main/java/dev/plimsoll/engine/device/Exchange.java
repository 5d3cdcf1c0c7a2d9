package dev.plimsoll.engine.device;

/// What is done over a network, for counting its bytes.
public enum Exchange {
    ALL_REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    SEND
}
