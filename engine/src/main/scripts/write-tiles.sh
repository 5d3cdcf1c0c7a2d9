#!/usr/bin/env bash
# Writes the three tile kernels: the accumulators of a tile must be local variables, or the compiler keeps them in memory
# and the kernel is ten times slower; so each is written out.
#
# A tile is as large as the registers hold: 12 x 2 of 32 vectors of 512 bits, 6 x 2 of 16 vectors of 256 bits, and for
# 128 bits 4 x 2, which fits the 16 registers of the oldest machines.
set -eu

here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
package=$here/../java/dev/plimsoll/engine/kernel

# for_each_accumulator ROWS TEMPLATE: the template once for each vector of the tile, R and H its row and half.
for_each_accumulator() {
  local row half line
  for ((row = 0; row < $1; row++)); do
    for half in 0 1; do
      line=${2//R/$row}
      printf '%s\n' "${line//H/$half}"
    done
  done
}

write_tile() { # BITS ROWS LANES
  local bits=$1 rows=$2 lanes=$3 columns=$((2 * $3)) row
  {
    cat <<JAVA
package dev.plimsoll.engine.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A tile of $rows x $columns, in vectors of $bits bits. Written by \`write-tiles.sh\`.
final class Tile$bits {
    static final int ROWS = $rows;
    static final int COLUMNS = $columns;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_$bits;
    private static final int LANES = $lanes;

    private Tile$bits() {}

    /// Multiplies a panel of A \`[depth, $rows]\` and one of B \`[depth, $columns]\` into a tile of C, whose columns are
    /// neighbours.
    ///
    /// @param bStride elements from one row of B's panel to the next
    static void multiply(
            float[] a,
            int aAt,
            float[] b,
            int bAt,
            int bStride,
            int depth,
            float[] c,
            int cAt,
            int cStride,
            Update update) {
JAVA
    for_each_accumulator "$rows" '        FloatVector cR_H = FloatVector.zero(SPECIES);'
    cat <<JAVA
        for (int k = 0; k < depth; k++) {
            int at = aAt + k * ROWS;
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bAt + k * bStride);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bAt + k * bStride + LANES);
JAVA
    for ((row = 0; row < rows; row++)); do
      echo "            FloatVector a$row = FloatVector.broadcast(SPECIES, a[at + $row]);"
      echo "            c${row}_0 = a$row.fma(b0, c${row}_0);"
      echo "            c${row}_1 = a$row.fma(b1, c${row}_1);"
    done
    printf '        }\n        switch (update) {\n            case ASSIGN -> {\n'
    for_each_accumulator "$rows" '                cR_H.intoArray(c, cAt + R * cStride + H * LANES);'
    printf '            }\n            case ADD -> {\n'
    for_each_accumulator "$rows" '                add(cR_H, c, cAt + R * cStride + H * LANES);'
    cat <<JAVA
            }
        }
    }

    private static void add(FloatVector sum, float[] c, int at) {
        FloatVector.fromArray(SPECIES, c, at).add(sum).intoArray(c, at);
    }
}
JAVA
  } >"$package/Tile$bits.java"
}

write_tile 512 12 16
write_tile 256 6 8
write_tile 128 4 4
