package dev.plimsoll.planner.device;

/// How devices exchange tensors.
public enum Exchange {
    ALL_REDUCE,
    ALL_GATHER,
    REDUCE_SCATTER,
    ALL_TO_ALL,
    SEND
}
