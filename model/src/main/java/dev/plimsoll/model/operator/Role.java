package dev.plimsoll.model.operator;

/// What an operator is for. Recomputation, quantisation and sharding choose by it.
public enum Role {
    EMBEDDING,
    NORMALIZATION,
    RESIDUAL,
    /// Query, key and value projections, and their low-rank first halves.
    QUERY_KEY_VALUE,
    /// The second halves of low-rank query, key and value projections (multi-head latent attention).
    LATENT_UP_PROJECTION,
    POSITION,
    CORE_ATTENTION,
    ATTENTION_OUTPUT,
    /// Choice of the tokens a sparse attention looks at.
    INDEXER,
    FEED_FORWARD,
    ROUTER,
    EXPERT,
    SHARED_EXPERT,
    /// Projections into and out of a recurrent layer.
    RECURRENCE_PROJECTION,
    /// Convolution, scan or delta rule of a recurrent layer.
    RECURRENCE,
    /// From one tower's width to another's.
    PROJECTOR,
    POOLER,
    HEAD
}
