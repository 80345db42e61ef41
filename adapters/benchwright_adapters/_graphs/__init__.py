"""Models as graphs of ONNX Runtime and of OpenVINO: found, exported, quantised and run; shared by the two adapters."""
