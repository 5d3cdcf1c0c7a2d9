/// ONNX models: the tensors they hold, without their values.
///
/// Source of the format: `onnx.proto` of onnx/onnx, and the protobuf encoding guide.
@NullMarked
package dev.plimsoll.formats.onnx;

import org.jspecify.annotations.NullMarked;
