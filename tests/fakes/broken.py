"""A small sound playbook, and one way to break it for every finding that a file can have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

SMALL = (Path(__file__).resolve().parents[1] / "data" / "playbooks" / "small.yaml").read_text("utf-8")
TODAY = date(2026, 11, 22)
LADDER_END = "    - {repite: 3, si_nadie: {es: Avisar, en: Tell}}\n"
PAIR = "titulo: {es: Prueba, en: Test}"
UPDATE_ES = 'es: "A las {ahora}: {que_ha_cambiado}. {utilidad}. Noticias a las {proxima}."'
BROKEN_ES = 'es: "A las {promesa_rota} no estaba. {remedio}."'
LEVEL_2 = '- menciones: ">= 5 veces lo normal durante 10 min"'

# key of the finding, its number, what is replaced, by what, and the text of the line that it must point at
CASES: list[tuple[str, int, str, str, str]] = [
    ("bad_yaml", 0, PAIR, "titulo: es: Prueba: si", "titulo"),
    ("unclosed", 0, PAIR, "titulo: {es: Prueba", "titulo"),
    ("several_documents", 0, "sector: telecom", "---\nsector: telecom", "---"),
    ("alias", 0, PAIR, "titulo: *x", "titulo"),
    ("anchor", 0, PAIR, "titulo: &x {es: Prueba, en: Test}", "titulo"),
    ("tag", 0, "version: 1", "version: !!int 1", "version"),
    ("merge_key", 0, PAIR, "titulo: {<<: {es: a}}", "titulo"),
    ("key_not_text", 0, PAIR, "titulo: {[a]: b}", "titulo"),
    ("tab", 0, PAIR, "titulo:\t{es: Prueba, en: Test}", "titulo"),
    ("control_character", 0, PAIR, "titulo: {es: Pru\x07eba, en: Test}", "titulo"),
    ("too_deep", 0, PAIR, "titulo: " + "[" * 21 + "]" * 21, "titulo"),
    ("not_text", 0, "sector: telecom", "sector: [telecom]", "sector"),
    ("not_mapping", 0, PAIR, "titulo: [a]", "titulo"),
    ("not_list", 0, '    se_activa_si:\n      - menciones: ">= 2 veces lo normal durante 15 min"',
     "    se_activa_si: nada", "se_activa_si: nada"),
    ("mixed_languages", 0, "version: 1", "version: 1\nowner: redes", "owner"),
    ("bad_whole", 0, "version: 1", "version: 1.10", "version"),
    ("bad_choice", 0, "sector: telecom", "sector: correos", "sector"),
    ("unknown_key_near", 1, "    escala: [comunicacion, redes]", "    escalas: [comunicacion, redes]", "escalas"),
    ("unknown_key", 1, "version: 1", "version: 1\nzzzzzz: 1", "zzzzzz"),
    ("unknown_measure", 1, LEVEL_2, '- felicidad: ">= 5"', "felicidad"),
    ("duplicate_key", 2, "version: 1", "version: 1\nversion: 2", "version: 2"),
    ("missing_section", 3, "zona_horaria: America/Mexico_City\n", "", "playbook: pequeno"),
    ("missing_key", 3, "quien_puede_dar_hora: [redes]", "historial_minimo: 8", "margen_minimo"),
    ("level_twice", 4, "- nivel: 1", "- nivel: 2", "- nivel: 2\n    nombre: {es: Vigilancia"),
    ("levels_unordered", 4, "  - nivel: 1\n", "  - nivel: 5\n    se_activa_si: []\n  - nivel: 1\n", "niveles"),
    ("no_levels", 4, "niveles:\n", "niveles: []\nniveles_viejos:\n", "niveles: []"),
    ("level_easier", 5, ">= 5 veces lo normal", ">= 2 veces lo normal", ">= 2 veces lo normal durante 10 min"),
    ("bad_duration", 6, "publica: 30 min", "publica: media hora", "publica"),
    ("bad_share", 6, "riesgo_maximo: 20 %", "riesgo_maximo: 120 %", "riesgo_maximo"),
    ("bad_threshold", 6, LEVEL_2, "- muchas menciones", "- muchas menciones"),
    ("bad_threshold_mentions_ratio", 6, LEVEL_2, '- menciones: ">= 5 patatas"', "patatas"),
    ("bad_threshold_negative_share", 6, LEVEL_2, '- negativas: ">= 60"', "negativas"),
    ("bad_threshold_backlog", 6, LEVEL_2, '- atraso: ">= mucho"', "atraso"),
    ("bad_threshold_type_count", 6, LEVEL_2, "- tipo: {queja: alguna}", "alguna"),
    ("bad_threshold_affected_customers", 6, LEVEL_2, '- clientes_afectados: ">= 200 %"', "clientes"),
    ("bad_threshold_duration", 6, LEVEL_2, '- duracion: ">= 4"', "duracion"),
    ("bad_threshold_open_promises_broken", 6, LEVEL_2, '- promesas_incumplidas: ">= una"', "promesas"),
    ("bad_condition", 6, "duracion >= 2 h", "cuando llueva", "cuando llueva"),
    ("no_fall_rule", 7, "baja_de_nivel: {si:", "revision: {antes_de: 7 días}\nx: {si:", "niveles"),
    ("unknown_role", 8, "quien_puede_dar_hora: [redes]", "quien_puede_dar_hora: [zzz]", "zzz"),
    ("unknown_role_near", 8, "quien_puede_dar_hora: [redes]", "quien_puede_dar_hora: [rede]", "[rede]"),
    ("no_holder", 9, "redes: {titular: noc, suplente: jefe}", "redes: {suplente: jefe}", "redes: {suplente"),
    ("no_deputy", 9, "redes: {titular: noc, suplente: jefe}", "redes: {titular: noc}", "redes: {titular"),
    ("same_deputy", 9, "suplente: jefe", "suplente: noc", "redes: {titular"),
    ("ladder_cycle", 11, "{titular: ana, suplente: beto}\n  redes: {titular: noc, suplente: jefe}",
     "{titular: ana, suplente: redes}\n  redes: {titular: noc, suplente: comunicacion}", "suplente: redes"),
    ("step_without_wait", 11, "por: [sms], espera: 5 min}", "por: [sms]}", "por: [sms]"),
    ("bad_whole", 11, "repite: 3", "repite: 10", "repite: 10"),
    ("ladder_empty", 11, "    - {paso: 1, a: redes, por: [llamada], espera: 5 min}\n", "    - {repite: 2}\n",
     "  redes:"),
    ("ladder_too_long", 11, "- nivel: 2\n", "- nivel: 4\n", "  redes:"),
    ("no_ladder", 11, "  redes:\n    - {paso: 1, a: redes, por: [llamada], espera: 5 min}\n", "", "redes]"),
    ("bad_after_start", 13, "antes_de: T+5 min", "antes_de: 5 min", "antes_de: 5 min"),
    ("task_incomplete", 13, "quien: comunicacion, antes_de: T+5 min", "quien: comunicacion", "id: a1"),
    ("task_twice", 13, "id: a2", "id: a1", "id: a1, haz: {es: Publicar"),
    ("task_out_of_order", 13, "antes_de: T+5 min", "antes_de: T+25 min", "id: a2"),
    ("phase_out_of_order", 13, "antes_de: T+30 min", "antes_de: T+1 min", "fase: informar"),
    ("no_first_message", 13, "antes_de: T+15 min, plantilla: primer_mensaje", "antes_de: T+15 min", "fases:"),
    ("first_message_late", 13, "antes_de: T+15 min", "antes_de: T+16 min", "T+16 min"),
    ("template_absent", 14, "plantilla: primer_mensaje", "plantilla: xyz", "plantilla: xyz"),
    ("template_absent_near", 14, "plantilla: primer_mensaje", "plantilla: primer_mensage", "primer_mensage"),
    ("template_unused", 14, "plantillas:\n", 'plantillas:\n  otra: {campos: [a], es: "{a}", en: "{a}"}\n', "  otra:"),
    ("bad_field_name", 15, "campos: [servicio, inicio", "campos: [Año nuevo, servicio, inicio", "Año nuevo"),
    ("bad_placeholder", 15, "{servicio} falla", "{servicio.x} falla", "servicio.x"),
    ("placeholder_undeclared", 15, "{servicio} falla", "{zzz} {servicio} falla", "{zzz}"),
    ("placeholder_undeclared_near", 15, "{servicio} falla", "{servisio} {servicio} falla", "{servisio}"),
    ("loose_brace", 15, "{servicio} falla", "{servicio} } falla", "{servicio} }"),
    ("field_unused", 15, "campos: [servicio, inicio", "campos: [nada, servicio, inicio", "nada"),
    ("placeholders_differ", 16, "{servicio} has failed", "It has failed", "It has failed"),
    ("figures_differ", 16, "has failed since", "has failed 24 times since", "24 times"),
    ("missing_es", 17, PAIR, "titulo: {en: Test}", "titulo"),
    ("missing_en", 17, PAIR, "titulo: Prueba", "titulo"),
    ("no_promise_field", 18, "campos: {promesa: promesa,", "campos: {promesa: texto,", "promesa: texto"),
    ("first_message_promises", 18, "{servicio} falla desde las {inicio}. Noticias",
     "{hora_solucion} {servicio} falla desde las {inicio}. Noticias", "campos: [hora_solucion"),
    ("forbidden_field", 18, "    etiquetas: [instruir]\n", "    prohibe: [ahora]\n", "campos: [ahora"),
    ("promise_outside", 19, UPDATE_ES, UPDATE_ES.replace("Noticias", "Volverá en breve. Noticias"), "en breve"),
    ("too_long", 20, "canales: {corto: 280}", "canales: {corto: 40}", "corto: 40"),
    ("forbidden_strategy", 21, "etiquetas: [instruir]", "etiquetas: [negar]", "negar"),
    ("denies_and_apologises", 21, "etiquetas: [instruir]", "etiquetas: [negar, reconstruir.disculpa]", "negar"),
    ("strategy_contradicts", 21, "usar: [instruir]", "usar: [instruir, negar]", "estrategia"),
    ("strategy_denies", 21, "usar: [instruir], evitar: [negar]", "usar: [negar, reconstruir.disculpa]", "estrategia"),
    ("too_many_approvers", 22, "    aprueba: [redes, comunicacion]",
     "    aprueba: [redes, comunicacion, redes, redes]", "[redes, comunicacion, redes"),
    ("approver_too_late", 22, "si_se_incumple: {plantilla: promesa_incumplida, antes_de: 10 min}",
     "si_se_incumple: {plantilla: promesa_incumplida, antes_de: 1 min}", "aprueba: [comunicacion]"),
    ("approves_own", 23, "quien: redes, antes_de: T+30 min", "quien: comunicacion, antes_de: T+30 min", "aprueba"),
    ("word_twice", 24, "ejemplos: [sorteo]", "ejemplos: [sorteo, No Funciona]", "No Funciona"),
    ("nobody_answers", 25, "    responde: comunicacion\n", "    responde: nadie\n", "- tipo: queja"),
    ("no_first_reply", 25, "    primera_respuesta: 15 min\n", "", "- tipo: queja"),
    ("reply_slower_than_cadence", 26, "primera_respuesta: 15 min", "primera_respuesta: 2 h", "2 h"),
    ("bad_date", 27, "revisado: 2026-11-01", "revisado: 2026-02-30", "2026-02-30"),
    ("bad_zone", 27, "America/Mexico_City", "America/Atlantida", "Atlantida"),
    ("reviewed_in_future", 27, "revisado: 2026-11-01", "revisado: 2026-12-01", "revisado"),
    ("review_overdue", 27, "revisado: 2026-11-01", "revisado: 2026-01-01", "revisado"),
    ("no_compensation_approver", 28, "    aprueba: [comunicacion]\n    base_legal", "    base_legal", "- cuando"),
    ("law_unconfirmed", 28, "revisada: 2026-10-01", "revisada: 2025-10-01", "revisada"),
    ("no_drill", 29, "simulacro: {cada: 180 días, escenario: prueba}\n", "", "playbook: pequeno"),
    ("drill_rare", 29, "cada: 180 días", "cada: 200 días", "cada"),
    ("mixed_yes", 30, "    contesta: si\n", "    contesta: yes\n", "contesta: yes"),
    ("bad_yes_no", 30, "antecedentes: si", "antecedentes: quizá", "quizá"),
    ("odd_key", 32, "sector: telecom", "“sector”: telecom", "“sector”"),
]  # fmt: skip


def broken(old: str, new: str) -> str:
    assert old in SMALL, old
    text = SMALL.replace(old, new, 1)
    if "hora_solucion" in new:
        text = text.replace("campos: [servicio", "campos: [hora_solucion, servicio", 1)
    if new == "- nivel: 4\n":
        text = text.replace("a: redes, por: [llamada], espera: 5 min", "a: redes, por: [llamada], espera: 40 min")
    return text


WHOLE_FILES: list[tuple[str, str | bytes]] = [
    ("empty", ""),
    ("empty", "# solo un comentario\n"),
    ("not_a_playbook", "- uno\n- dos\n"),
    ("line_too_long", "a: " + "x" * (64 * 1024)),
    ("too_large", "#" * (1024 * 1024 + 1)),
    ("too_many_values", "a:" + "\n- x" * 80_001),
    ("not_utf8", "titulo: Caída".encode("cp1252")),
    ("not_utf8", "titulo: Caída".encode("utf-16")),
]
