"""The verbs of `data`, declared for the role files."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

DATA_READ = verb("data.read", _("membaca set data terbuka"))
DATA_READ_LIMITED = verb("data.read_limited", _("membaca set data terbatas"))
DATA_PRODUCE = verb("data.produce", _("menyusun dan mengajukan set data"))
DATA_CHECK = verb("data.check", _("memeriksa set data sebagai walidata"))
DATA_PUBLISH = verb("data.publish", _("menerbitkan versi set data"))
DATA_KEEP_QUERY = verb("data.keep_query", _("menyimpan dan membagikan pertanyaan SQL"))
DATA_ANSWER = verb("data.answer", _("menjawab masukan pembaca tentang set data"))
