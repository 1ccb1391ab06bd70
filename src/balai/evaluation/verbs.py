"""The verbs of `evaluation`, declared for the role files."""

from django.utils.translation import gettext_lazy as _

from balai.people.rules import verb

EVALUATION_READ = verb("evaluation.read", _("melihat penilaian dan hasilnya"))
EVALUATION_ANSWER = verb("evaluation.answer", _("mengisi penilaian mandiri"))
EVALUATION_SUBMIT = verb("evaluation.submit", _("membagi pertanyaan dan mengirim penilaian mandiri"))
EVALUATION_CONFIRM = verb("evaluation.confirm", _("memeriksa jawaban sebagai penilai internal"))
EVALUATION_FOLLOW_UP = verb("evaluation.follow_up", _("menindaklanjuti rekomendasi penilai"))
EVALUATION_SURVEY = verb("evaluation.survey", _("membuka survei dampak dan mencetak kodenya"))
EVALUATION_ASSESS = verb("evaluation.assess", _("menilai daerah"))
EVALUATION_RUN = verb("evaluation.run", _("menyelenggarakan tahap penilaian"))
EVALUATION_IMPORT = verb("evaluation.import_published", _("mengimpor hasil yang diterbitkan"))
