package dev.plimsoll.judges;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;

/// An encoder run by ONNX Runtime.
final class OnnxRuntime implements AutoCloseable {
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    OnnxRuntime(Path model) throws OrtException {
        this.session = environment.createSession(model.toString());
    }

    /// The last layer's output, `[b, s, h]`, its rows one after another.
    ///
    /// @param tokens of `b` texts, `[b, s]`
    /// @param lengths how many tokens each text has; the others are masked
    float[] hiddenStates(int[][] tokens, int[] lengths) throws OrtException {
        long[][] ids = new long[tokens.length][];
        long[][] mask = new long[tokens.length][];
        long[][] types = new long[tokens.length][];
        for (int i = 0; i < tokens.length; i++) {
            ids[i] = Arrays.stream(tokens[i]).asLongStream().toArray();
            mask[i] = new long[tokens[i].length];
            Arrays.fill(mask[i], 0, lengths[i], 1);
            types[i] = new long[tokens[i].length];
        }
        try (OnnxTensor idTensor = OnnxTensor.createTensor(environment, ids);
                OnnxTensor maskTensor = OnnxTensor.createTensor(environment, mask);
                OnnxTensor typeTensor = OnnxTensor.createTensor(environment, types);
                OrtSession.Result result = session.run(
                        Map.of("input_ids", idTensor, "attention_mask", maskTensor, "token_type_ids", typeTensor))) {
            FloatBuffer hidden = ((OnnxTensor) result.get(0)).getFloatBuffer();
            float[] values = new float[hidden.remaining()];
            hidden.get(values);
            return values;
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
