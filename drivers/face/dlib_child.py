"""The process that runs dlib. It is apart because a processor without AVX ends it at the first call, and only it.

Started with the paths of two model files: five landmarks, and the network of 128 numbers. It answers each request on
standard output: twelve bytes of head (height, width, and the face's left, top, right and bottom as unsigned 16 bit),
then the RGB picture; back come 128 float64. The picture is overwritten before the answer leaves.
"""

from __future__ import annotations

import io
import struct
import sys

HEAD = struct.Struct("<6H")
READY = b"dlib 1\n"
NUMBERS = 128


def main() -> None:
    import dlib
    import numpy as np

    five_points, network = sys.argv[1:3]
    predictor = dlib.shape_predictor(five_points)
    model = dlib.face_recognition_model_v1(network)
    stream, out = io.BufferedReader(io.FileIO(0, closefd=False)), sys.stdout.buffer
    out.write(READY)
    out.flush()
    while len(head := stream.read(HEAD.size)) == HEAD.size:
        height, width, left, top, right, bottom = HEAD.unpack(head)
        buffer = bytearray(height * width * 3)
        if stream.readinto(buffer) != len(buffer):
            return
        picture = np.frombuffer(buffer, np.uint8).reshape(height, width, 3)
        points = predictor(picture, dlib.rectangle(left, top, right, bottom))
        answer = np.array(model.compute_face_descriptor(picture, points), np.float64)
        picture.fill(0)
        out.write(answer.tobytes())
        out.flush()
        answer.fill(0)


if __name__ == "__main__":
    main()
