package dev.plimsoll.engine.attention;

import dev.plimsoll.engine.kernel.Matrix;
import dev.plimsoll.engine.kernel.Update;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.model.execution.AttentionKernel;

/// The scores of one tile of one head at a time, forgotten when the next one is made.
final class TileScores {
    private final HeadPass pass;
    private final AttentionKernel.Tiled tiling;
    private final float[] values;

    TileScores(HeadPass pass, AttentionKernel.Tiled tiling) {
        this.pass = pass;
        this.tiling = tiling;
        this.values = pass.scratch().pairs(elements());
    }

    /// Of the largest tile there is.
    int elements() {
        return Math.min(tiling.queryTile(), pass.queries()) * Math.min(tiling.keyTile(), pass.keys());
    }

    /// The tile that begins with these two, clipped to the ends of the sequences.
    Tile tile(int query, int key) {
        return new Tile(
                query,
                query + Math.min(tiling.queryTile(), pass.queries() - query),
                key,
                key + Math.min(tiling.keyTile(), pass.keys() - key));
    }

    float[] values() {
        return values;
    }

    /// Where a query's scores begin.
    int rowOffset(Tile tile, int query) {
        return (query - tile.firstQuery()) * tile.keys();
    }

    /// The scores of the pairs that are seen; of the others what the product left.
    ///
    /// @return the tile `[queries, keys]`
    Matrix make(Tile tile, long seen, int batch, int head) {
        Matrix scores = Matrix.of(values, tile.queries(), tile.keys());
        multiply(tile, seen, batch, head, scores);
        for (int query = tile.firstQuery(); query < tile.lastQuery(); query++) {
            int from = tile.from(pass.task().visible(), query);
            int count = tile.to(pass.task().visible(), query) - from;
            int offset = rowOffset(tile, query) + from;
            pass.task().scores().scaleAndCap(pass.kernels(), values, offset, count);
        }
        return scores;
    }

    private void multiply(Tile tile, long seen, int batch, int head, Matrix scores) {
        int keyValueHead = head / pass.task().heads().group();
        Matrix query = pass.queryHead(pass.operands().query(), batch, head).rows(tile.firstQuery(), tile.lastQuery());
        Matrix key = pass.keyHead(pass.operands().key(), batch, keyValueHead).rows(tile.firstKey(), tile.lastKey());
        pass.products().multiply(query, key.transposed(), scores, Update.ASSIGN, seen, pass.headSize());
    }

    /// Adds what the distances say to one query's scores that are seen.
    void addBias(Tile tile, int query, int head) {
        VisibleKeys visible = pass.task().visible();
        int from = tile.from(visible, query);
        int count = tile.to(visible, query) - from;
        int offset = rowOffset(tile, query) + from;
        pass.task().scores().addBias(visible, head, query, tile.firstKey() + from, values, offset, count);
    }

    /// Multiplies one query's row of pairs by what dropout draws for them.
    ///
    /// @param pairs laid out as the scores are
    void drop(Tile tile, int query, int batch, int head, float[] pairs) {
        Dropout dropout = pass.task().dropout();
        if (!dropout.drops()) {
            return;
        }
        int from = tile.from(pass.task().visible(), query);
        int to = tile.to(pass.task().visible(), query);
        int offset = rowOffset(tile, query);
        long number = pass.task().pairAt(batch, head, query, tile.firstKey());
        for (int key = from; key < to; key++) {
            pairs[offset + key] *= dropout.factor(number + key);
        }
    }
}
