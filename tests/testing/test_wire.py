"""A wire keeps what is written."""

from yett.testing.wire import Wire


def test_it_keeps_what_is_written_until_it_is_closed() -> None:
    wire = Wire()
    wire.write(b"a")
    wire.write(bytearray(b"b"))
    assert (wire.is_closing(), wire.can_write_eof()) == (False, True)
    wire.close()
    wire.write(b"c")
    assert (wire.written, wire.is_closing()) == (b"ab", True)


def test_it_knows_whether_more_is_wanted() -> None:
    wire = Wire()
    wire.pause_reading()
    assert not wire.reading
    wire.resume_reading()
    assert wire.reading
