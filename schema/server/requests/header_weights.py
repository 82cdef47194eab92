"""Headers in which a client lists what it accepts, with weights: Accept, Accept-Encoding, Accept-Language."""


def weights(header: bytes) -> dict[bytes, float]:
    """The parts of a header in lower case with their weights; those without a weight have 1."""
    found: dict[bytes, float] = {}
    for part in header.lower().split(b","):
        name, *parameters = (piece.strip() for piece in part.split(b";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith(b"q="):
                try:
                    weight = float(parameter[2:])
                except ValueError:
                    weight = 0.0
        if name:
            found[name] = weight
    return found
