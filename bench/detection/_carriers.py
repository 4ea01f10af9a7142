"""
Carriers: texts that carry a value, as people, programs and documents write it.

`{}` stands for the value. Words that say what the value is stand in some and lack in others, in several languages.
"""

from types import MappingProxyType

__all__ = ["BARE", "SAID", "SECRET", "TALK"]

SAID = MappingProxyType(
    {
        "pii.email": (
            "My email is {}.",
            "please write to {} before Friday",
            "From: Ann Lee <{}>\nTo: team\n",
            "E-Mail: {}, Sprache: Deutsch",
            "contacto: {} o por correo",
            '{{"user": "{}", "active": true}}',
            "mailto:{}?subject=hi",
            "Schreiben Sie an {}; danke",
            "écrivez-nous à {} !",
            "连接邮箱：{}，谢谢",
        ),
        "pii.phone": (
            "My phone number is {}.",
            "call me at {} after six",
            "Tel.: {}",
            "you can reach her on {} or by mail",
            "Telefon: {}",
            "mon numéro de téléphone est le {}",
            "mi teléfono es {}",
            "il mio numero di telefono è {}",
            "meu telefone é {}",
            "мой телефон {}",
            "电话：{}",
            "電話番号は{}です",
            "mobile: {}",
            "WhatsApp {}",
            "He left his cell number, {}, with the desk",
            "numer telefonu: {}",
            "telefoonnummer {}",
            "nomor telepon: {}",
            "telefon numaram {}",
            "Fax {}",
        ),
        "pii.credit_card": (
            "My credit card number is {}.",
            "please charge {} for the tickets",
            "Karte {} gültig bis 08/28",
            "card: {} cvv 123",
            "paid with {} yesterday",
            "tarjeta {} vence 01/29",
            '{{"pan": "{}", "exp": "12/27"}}',
            "numéro de carte bancaire : {}",
        ),
        "pii.iban": (
            "My IBAN is {}.",
            "please transfer it to {} by Monday",
            "Kontonummer: {}",
            "IBAN:{}",
            "virement sur le compte {} merci",
            "account {}, reference 4711",
        ),
        "pii.ssn": (
            "My SSN is {}.",
            "social security number: {}",
            "her social is {} and she was born in Ohio",
            "SSN {} DOB 01/02/1970",
            "The applicant ({}) was approved",
        ),
        "pii.ip_address": (
            "The request came from {} at noon.",
            "ssh root@{}",
            "connect to http://{}/status",
            "Accepted publickey for admin from {} port 51122",
            "ping {} fails",
            "server_addr={}",
            "die IP-Adresse {} ist gesperrt",
            "[2024-05-01 10:00:00] {} GET /index.html",
        ),
    }
)
"""Texts for a value of a kind, some of which say what it is."""

BARE = (
    "{}",
    "it was {} all along",
    "see {} for the rest",
    "value={}",
    "{} was mentioned twice in the report of last week",
    "row 12, {}, ok",
)
"""Texts that say nothing about a value."""

TALK = (
    "Please summarise the quarterly report and list three risks that the board should discuss first.",
    "How do I drop a table in PostgreSQL only if it exists? I tried DROP TABLE IF EXISTS orders; and it worked.",
    "Which command writes an image to a USB stick? Is it sudo dd if=debian.iso of=/dev/sdb bs=4M status=progress ?",
    "What is a fork bomb? My teacher wrote :(){ :|:& };: on the blackboard and nobody understood it.",
    "git clone git@github.com:psf/requests.git fails with permission denied (publickey).",
    "We upgraded from version 1.2.3.4 to 1.2.3.10 and the tests are slower now.",
    "The meeting is on 2024-05-17 from 10:30 to 11:45 in room 4.12, dial 0 for the desk.",
    "Order 4711-0815-2024 was shipped in 3 parcels; tracking 1Z999AA10123456784.",
    "The chapter (ISBN 978-3-16-148410-0) has 1,234,567 words and costs 1 299.00 EUR.",
    "In 1998 2 345 678 people lived there, in 2008 it was 3 456 789, and 12 000 000 are expected in 2030.",
    "commit 9fceb02d0ae598e95dc970b74767f19372d61af8 fixed issue 10234 in build 20240517123456.",
    "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 of the empty string",
    "request 123e4567-e89b-12d3-a456-426614174000 took 1536 ms and returned 204",
    "pip install git+https://github.com/pallets/flask.git@main#egg=flask",
    "The matrix is 1 2 3 4 5 6 7 8 9 10 11 12, and its determinant is 0.1234567890.",
    "How do I read a password from the keyboard in Python without echo? password = getpass.getpass()",
    "Set api_key = os.environ['API_KEY'] and never write the key into the code.",
    "Temperature rose by 0.85 °C between 1880 and 2012, at 1013.25 hPa and 12.5 m/s.",
    "x[1::2] takes every other element, and a[::-1] reverses it.",
    "Use @property and @staticmethod; icon@2x.png is for retina screens.",
)
"""Talk that holds nothing to be found."""

SECRET = (
    "{name}={value}",
    'export {name}="{value}"',
    '  "{name}": "{value}",',
    "{name}: {value}",
    "const key = '{value}';",
    "curl -H 'Authorization: Bearer {value}' https://api.example.com/v1/items",
    "2024-05-17T10:30:00Z DEBUG client started with {value} in 12 ms",
    "hey, can you check why this key does not work? {value} thanks!",
    '<add key="{name}" value="{value}" />',
    "Here is my token: {value}. Please debug the script.",
)
"""Texts that carry a secret: configuration, code, logs and chat."""
