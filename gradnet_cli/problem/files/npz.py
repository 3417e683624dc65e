"""Edges from the sparse matrices of SciPy, .npz."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

from gradnet_cli.errors import InputFileError, one_line, spell
from gradnet_cli.problem.files.matrices import check_shape, table_of_matrix
from gradnet_cli.problem.files.source import Source, unpacked_limit
from gradnet_cli.problem.files.table import EdgeTable


def read_npz(source: Source) -> EdgeTable:
    """Read what scipy.sparse.save_npz wrote (csr, csc or coo). Nothing is ever unpickled.

    Raises:
        InputFileError: no such file, or one that unpacks beyond reason
    """
    import scipy.sparse

    try:
        packed = io.BytesIO(source.data())
        with zipfile.ZipFile(packed) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        limit = unpacked_limit(packed.getbuffer().nbytes)
        if unpacked > limit:
            why = f"would unpack to {unpacked / 2**30:.3g} GiB; at most {limit / 2**30:.3g} are read"
            raise source.error(why)
        matrix = scipy.sparse.load_npz(packed)
        if matrix.format not in ("csr", "csc", "coo"):
            raise source.error(f"holds a {matrix.format} matrix, and must hold csr, csc or coo")
        check_shape(source, matrix.shape[0], matrix.shape[1], matrix.nnz)
        if matrix.format != "coo":
            matrix.check_format(full_check=True)  # indices out of range would read foreign memory
        entries = matrix.tocoo()
    except InputFileError:
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        EOFError,
        zipfile.BadZipFile,
        OverflowError,
        NotImplementedError,  # a way of packing that Python does not know
        RuntimeError,  # a password
        struct.error,
        zlib.error,
    ) as error:
        said = re.sub(r"<_io\.BytesIO[^>]*>", source.path.name, one_line(str(error)))
        said = spell(said.removeprefix("Error "))
        why = f"is not a sparse matrix written by scipy.sparse.save_npz: {said}"
        raise source.error(why) from error
    return table_of_matrix(source, entries)
