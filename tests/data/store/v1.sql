BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE alert (
    id INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    signal TEXT NOT NULL,
    explanation TEXT NOT NULL,
    proposal TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    snoozed_until INTEGER,
    incident_id INTEGER,
    closed_reason TEXT DEFAULT '' NOT NULL,
    drill BOOLEAN NOT NULL,
    first TEXT,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
CREATE TABLE assignment (
    incident_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    contact_slug TEXT DEFAULT '' NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (incident_id, role),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
INSERT INTO "assignment" VALUES(1,'comunicacion','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'enlace_tecnico','guardia.noc',1773147600000000);
INSERT INTO "assignment" VALUES(1,'comunidad','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'centro_llamadas','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'direccion','dir.general',1773147600000000);
INSERT INTO "assignment" VALUES(1,'portavoz','dir.operaciones',1773147600000000);
INSERT INTO "assignment" VALUES(1,'legal','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'regulador','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'marketing','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'interna','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'finanzas','',1773147600000000);
INSERT INTO "assignment" VALUES(1,'presidencia','',1773147600000000);
CREATE TABLE attempt (
    id INTEGER NOT NULL,
    escalation_id INTEGER NOT NULL,
    contact_slug TEXT NOT NULL,
    step INTEGER NOT NULL,
    round INTEGER NOT NULL,
    channels TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    outcome TEXT,
    ended_at INTEGER,
    note TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(escalation_id) REFERENCES escalation (id)
);
INSERT INTO "attempt" VALUES(1,1,'guardia.noc',0,1,'["llamada"]',1773147600000000,'voicemail',1773147600000000,'');
INSERT INTO "attempt" VALUES(2,3,'dir.general',0,1,'["llamada","sms"]',1773147600000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(3,1,'jefe.redes',1,1,'["llamada","sms"]',1773147960000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(4,2,'cm.guardia',1,1,'["llamada","sms"]',1773147960000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(5,3,'dir.operaciones',1,1,'["llamada"]',1773147960000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(6,4,'despacho.externo',1,1,'["llamada"]',1773147960000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(7,5,'sup.llamadas.noche',1,1,'["llamada","sms"]',1773147960000000,NULL,NULL,'');
INSERT INTO "attempt" VALUES(8,6,'mkt.guardia',1,1,'["llamada"]',1773147960000000,NULL,NULL,'');
CREATE TABLE commitment (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    what TEXT NOT NULL,
    to_whom TEXT DEFAULT '' NOT NULL,
    due_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    owner TEXT NOT NULL,
    giver TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    quoted TEXT NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    draft_id INTEGER,
    ended_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    moved_to INTEGER,
    apology_draft_id INTEGER,
    remedy_kind TEXT,
    remedy TEXT DEFAULT '' NOT NULL,
    fulfilled_at INTEGER,
    remedied_at INTEGER,
    warn_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
CREATE TABLE contact (
    id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT DEFAULT '' NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    from_hour TEXT,
    to_hour TEXT,
    zone TEXT NOT NULL,
    deputy TEXT DEFAULT '' NOT NULL,
    verified_at INTEGER,
    example BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug)
);
INSERT INTO "contact" VALUES(1,'guardia.noc','Guardia.Noc','','55 0000 0100','','null','null','America/Mexico_City','',NULL,0);
INSERT INTO "contact" VALUES(2,'jefe.redes','Jefe.Redes','','55 0000 0101','','"08:00:00"','"20:00:00"','America/Mexico_City','',NULL,0);
INSERT INTO "contact" VALUES(3,'dir.general','Dir.General','','55 0000 0102','','"08:00:00"','"20:00:00"','America/Mexico_City','',NULL,0);
INSERT INTO "contact" VALUES(4,'dir.operaciones','Dir.Operaciones','','55 0000 0103','','"08:00:00"','"20:00:00"','America/Mexico_City','',NULL,0);
CREATE TABLE detector (
    stream TEXT NOT NULL,
    until INTEGER NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (stream)
);
CREATE TABLE draft (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    template_id TEXT NOT NULL,
    state TEXT NOT NULL,
    "values" TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    approvals TEXT NOT NULL,
    answers INTEGER,
    channel TEXT DEFAULT '' NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    published_at INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
CREATE TABLE escalation (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    round INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    step_due_at INTEGER,
    ack_by TEXT DEFAULT '' NOT NULL,
    ack_at INTEGER,
    ack_expires_at INTEGER,
    reason TEXT DEFAULT '' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
INSERT INTO "escalation" VALUES(1,1,'enlace_tecnico','calling',1,1,1773147600000000,1773148140000000,'',NULL,NULL,'');
INSERT INTO "escalation" VALUES(2,1,'comunidad','calling',1,1,1773147600000000,1773148260000000,'',NULL,NULL,'');
INSERT INTO "escalation" VALUES(3,1,'direccion','calling',1,1,1773147600000000,1773148260000000,'',NULL,NULL,'');
INSERT INTO "escalation" VALUES(4,1,'legal','calling',1,1,1773147600000000,1773148560000000,'',NULL,NULL,'');
INSERT INTO "escalation" VALUES(5,1,'centro_llamadas','calling',1,1,1773147600000000,1773148260000000,'',NULL,NULL,'');
INSERT INTO "escalation" VALUES(6,1,'marketing','calling',1,1,1773147600000000,1773148260000000,'',NULL,NULL,'');
CREATE TABLE fact (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    section TEXT NOT NULL,
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    said_by TEXT NOT NULL,
    said_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    evidence TEXT DEFAULT '' NOT NULL,
    replaced_by INTEGER,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
INSERT INTO "fact" VALUES(1,1,'know','servicio','{"es":"voz y datos","en":"voice and data"}','guardia.noc',1773147960000000,1773147960000000,'',NULL);
CREATE TABLE gap (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER,
    PRIMARY KEY (id)
);
CREATE TABLE incident (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    level INTEGER NOT NULL,
    phase TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    zone TEXT NOT NULL,
    playbook_id TEXT NOT NULL,
    playbook_version INTEGER NOT NULL,
    playbook_digest TEXT NOT NULL,
    alert_id INTEGER,
    resolved_at INTEGER,
    closed_at INTEGER,
    drill BOOLEAN NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (name)
);
INSERT INTO "incident" VALUES(1,'2026-03-10-1','Sin servicio','active',3,'escuchar',1773147300000000,1773147600000000,'America/Mexico_City','caida-de-servicio',1,'aa4e614de31891d241354ad9228350aefbe97d93dc1727b133d301eea63ac627',NULL,NULL,NULL,0);
CREATE TABLE mention (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    native_id TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    fetched_at INTEGER NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    author TEXT DEFAULT '' NOT NULL,
    channel TEXT DEFAULT '' NOT NULL,
    lang TEXT DEFAULT '' NOT NULL,
    url TEXT DEFAULT '' NOT NULL,
    is_repost BOOLEAN NOT NULL,
    likes INTEGER,
    reposts INTEGER,
    followers INTEGER,
    date_doubtful BOOLEAN NOT NULL,
    type TEXT DEFAULT '' NOT NULL,
    sentiment TEXT NOT NULL,
    complaint BOOLEAN NOT NULL,
    safety BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (source, account, native_id)
);
CREATE TABLE meta (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);
CREATE TABLE minute_count (
    minute INTEGER NOT NULL,
    total INTEGER NOT NULL,
    reposts INTEGER NOT NULL,
    complaints INTEGER NOT NULL,
    negative INTEGER NOT NULL,
    history INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (minute)
);
CREATE TABLE playbook (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    text TEXT NOT NULL,
    used_at INTEGER NOT NULL,
    PRIMARY KEY (id, version, digest)
);
INSERT INTO "playbook" VALUES('caida-de-servicio',1,'aa4e614de31891d241354ad9228350aefbe97d93dc1727b133d301eea63ac627','# Manual de crisis de CrisisDesk · Caída de servicio (telecomunicaciones)
# ---------------------------------------------------------------------------------------------------------------
# Se lee de arriba abajo, en el orden en que se usa. Se puede cambiar con cualquier editor de texto:
#   · Todo va en palabras: «20 min», «4 h», «>= 5 veces lo normal durante 10 min», «T+15 min» (T es el inicio).
#   · Aquí no hay teléfonos. «personas» nombra papeles; quién los ocupa y cómo se le llama está en Contactos.
#   · Los textos van en español (es) y en inglés (en). Lo que va entre llaves, {inicio}, es un campo del formulario.
#   · Un campo con «?» es opcional y va solo en su frase: «{zona}.». Si no se rellena, la frase desaparece entera.
#   · Después de cada cambio: `crisisdesk check` dice qué falta, en qué línea y cómo se arregla.
# El programa propone; nivel, hora y publicación los decide siempre una persona.

playbook: caida-de-servicio              # no cambia nunca: las incidencias lo recuerdan
version: 1                               # sube con cada cambio
titulo: {es: Caída de servicio, en: Service outage}
sector: telecom                          # telecom | banco | ecommerce | aerolinea | otro
idiomas: [es, en]                        # primero, el idioma en que se escribe
zona_horaria: America/Mexico_City
revisado: 2026-11-16
revisar_cada: 90 días
responsable: comunicacion

# ---------------------------------------------------------------- Quién hace qué, y quién le sustituye
personas:
  comunicacion:
    nombre: {es: Responsable de comunicación, en: Communications lead}
    titular: comunicacion.titular
    suplente: comunicacion.suplente
  enlace_tecnico:
    nombre: {es: Enlace técnico (centro de red), en: Technical liaison (network centre)}
    titular: guardia.noc
    suplente: jefe.redes
  comunidad:
    nombre: {es: Comunidad y redes sociales, en: Community and social media}
    titular: cm.turno
    suplente: cm.guardia
  centro_llamadas:
    nombre: {es: Centro de llamadas, en: Call centre}
    titular: sup.llamadas
    suplente: sup.llamadas.noche
  direccion:
    nombre: {es: Dirección general, en: Executive direction}
    titular: dir.general
    suplente: dir.operaciones
  portavoz:
    nombre: {es: Portavoz, en: Spokesperson}
    titular: dir.operaciones
    suplente: direccion
  legal:
    nombre: {es: Legal, en: Legal}
    titular: legal.titular
    suplente: despacho.externo
  regulador:
    nombre: {es: Relación con el regulador, en: Regulator liaison}
    titular: rel.institucionales
    suplente: legal
  marketing:
    nombre: {es: Campañas y publicidad, en: Campaigns and advertising}
    titular: mkt.turno
    suplente: mkt.guardia
  interna:
    nombre: {es: Comunicación interna, en: Internal communication}
    titular: interna.titular
    suplente: comunidad
  finanzas:
    nombre: {es: Finanzas y facturación, en: Finance and billing}
    titular: fin.titular
    suplente: fin.suplente
  presidencia:
    nombre: {es: Presidencia, en: Chair}
    titular: presidencia.titular
    suplente: direccion

# ---------------------------------------------------------------- Qué gravedad tiene
# Basta una línea para proponer el nivel; se propone el más alto que se cumpla. En la duda, el de arriba.
niveles:
  - nivel: 4
    nombre: {es: Crisis mayor, en: Major crisis}
    se_activa_si:
      - menciones: ">= 10 veces lo normal durante 10 min, de al menos 20"
      - clientes_afectados: ">= 20 %"
      - duracion: ">= 4 h"
      - emergencias_sin_servicio: sí     # si no se puede llamar a emergencias, siempre es nivel 4
      - tipo: {emergencia_personas: ">= 3 en 10 min"}
      - otro: {datos_expuestos: sí, comunicado_del_regulador: sí}
    cadencia: {publica: 20 min, interna: 30 min}
    escala: [comunicacion, enlace_tecnico, comunidad, direccion, legal, centro_llamadas, marketing, presidencia,
             regulador, portavoz]
  - nivel: 3
    nombre: {es: Crisis, en: Crisis}
    se_activa_si:
      - menciones: ">= 5 veces lo normal durante 10 min, de al menos 20"
      - negativas: ">= 70 % de al menos 20"
      - atraso: ">= 60 min"              # trabajo sin contestar, al ritmo de ahora
      - clientes_afectados: ">= 5 %"
      - duracion: ">= 1 h"
      - tipo: {prensa: ">= 1", regulador: ">= 1"}
    cadencia: {publica: 30 min, interna: 30 min}
    escala: [comunicacion, enlace_tecnico, comunidad, direccion, legal, centro_llamadas, marketing]
  - nivel: 2
    nombre: {es: Incidencia, en: Incident}
    se_activa_si:
      - menciones: ">= 3 veces lo normal durante 15 min, de al menos 20"
      - negativas: ">= 60 % de al menos 20"
      - clientes_afectados: ">= 1 %"
      - tipo: {influyente: ">= 1"}
    cadencia: {publica: 60 min, interna: 60 min}
    escala: [comunicacion, enlace_tecnico, comunidad]
  - nivel: 1
    nombre: {es: Vigilancia, en: Watch}
    se_activa_si:
      - menciones: ">= 2 veces lo normal durante 15 min, de al menos 20"
      - atraso: ">= 15 min"
    escala: [comunicacion]
baja_de_nivel: {si: "menciones < 1.5 veces lo normal durante 60 min", confirma: comunicacion}

# ---------------------------------------------------------------- A quién se llama, por dónde y cuánto se espera
# Cada escalera sube sola si nadie contesta. La última línea dice cuántas vueltas da y qué hacer si no hay nadie.
escaladas:
  enlace_tecnico:
    - {paso: 1, a: enlace_tecnico, por: [llamada], espera: 3 min}
    - {paso: 2, a: enlace_tecnico.suplente, por: [llamada, sms], espera: 3 min}
    - {paso: 3, a: direccion.suplente, por: [llamada], espera: 5 min}
    - {repite: 3, si_nadie: {es: Llamar a la mesa fija del centro de red y dejar constancia, en: Ring the network centre''s desk line and note it down}}
  direccion:
    - {paso: 1, a: direccion, por: [llamada, sms], espera: 5 min}
    - {paso: 2, a: direccion.suplente, por: [llamada], espera: 5 min}
    - {paso: 3, a: comunicacion, por: [aviso], espera: 10 min}
    - {repite: 3, si_nadie: {es: Llamar a recepción de dirección y dejar constancia, en: Ring the executive reception and note it down}}
  comunicacion:
    - {paso: 1, a: comunicacion, por: [llamada, sms], espera: 5 min}
    - {paso: 2, a: comunicacion.suplente, por: [llamada, sms], espera: 5 min}
    - {repite: 3, si_nadie: {es: Decide quien esté de guardia en comunidad, en: Whoever is on duty in community decides}}
  comunidad:
    - {paso: 1, a: comunidad, por: [llamada, chat], espera: 3 min}
    - {paso: 2, a: comunidad.suplente, por: [llamada, sms], espera: 5 min}
    - {repite: 3, si_nadie: {es: Comunicación publica por su cuenta, en: Communications publishes on its own}}
  legal:
    - {paso: 1, a: legal, por: [llamada, correo], espera: 10 min}
    - {paso: 2, a: legal.suplente, por: [llamada], espera: 10 min}
    - {repite: 2, si_nadie: {es: Seguir con textos ya aprobados y anotarlo, en: Go on with pre-cleared texts and note it down}}
  centro_llamadas:
    - {paso: 1, a: centro_llamadas, por: [llamada], espera: 5 min}
    - {paso: 2, a: centro_llamadas.suplente, por: [llamada, sms], espera: 5 min}
    - {repite: 3, si_nadie: {es: Llamar a la sala del centro de llamadas, en: Ring the call centre''s floor}}
  marketing:
    - {paso: 1, a: marketing, por: [llamada, chat], espera: 5 min}
    - {paso: 2, a: marketing.suplente, por: [llamada], espera: 5 min}
    - {repite: 3, si_nadie: {es: Comunidad detiene las campañas con su acceso, en: Community stops the campaigns with its own access}}
  regulador:
    - {paso: 1, a: regulador, por: [llamada, correo], espera: 10 min}
    - {paso: 2, a: regulador.suplente, por: [llamada], espera: 10 min}
    - {repite: 2, si_nadie: {es: Enviar el aviso formal por correo y anotar la hora, en: Send the formal notice by mail and note the time}}
  portavoz:
    - {paso: 1, a: portavoz, por: [llamada, sms], espera: 5 min}
    - {paso: 2, a: portavoz.suplente, por: [llamada], espera: 5 min}
    - {repite: 3, si_nadie: {es: Contestar a la prensa solo con el texto de espera, en: Answer the press with the holding text only}}
  presidencia:
    - {paso: 1, a: presidencia, por: [llamada], espera: 10 min}
    - {paso: 2, a: presidencia.suplente, por: [llamada], espera: 10 min}
    - {repite: 2, si_nadie: {es: Dejar un resumen por correo a su oficina, en: Leave a summary with the office by mail}}
  acuse_caduca: 60 min                   # quien contestó y no hizo nada en una hora vuelve a recibir la llamada

# Las seis preguntas de la tarjeta de llamada. Funcionan sin red: se leen y se apunta la respuesta.
preguntas_llamada:
  - {es: ¿Qué falla y qué sigue funcionando?, en: What is failing and what still works?}
  - {es: ¿Desde cuándo?, en: Since when?}
  - {es: "¿A quién afecta: zona, servicio, cuántos clientes?", en: "Who is affected: area, service, how many customers?"}
  - {es: ¿Hay alternativa mientras tanto? ¿Se puede llamar a emergencias?, en: Is there a workaround meanwhile? Can emergency numbers be reached?}
  - {es: ¿Hay hora de solución? ¿Con qué seguridad?, en: Is there a time for the fix? How sure is it?}
  - {es: "¿Quién da esa hora, con nombre y cargo?", en: "Who gives that time, by name and post?"}

# ---------------------------------------------------------------- Qué se hace, quién y antes de cuándo
fases:
  - fase: escuchar
    nombre: {es: Escuchar, en: Listen}
    objetivo: {es: Saber qué pasa y a quién, en: Know what is happening and to whom}
    tareas:
      - {id: e1, haz: {es: Anotar qué sabemos y qué no, en: Write down what we know and what we do not}, quien: comunicacion, antes_de: T+2 min}
      - {id: e2, haz: {es: Llamar al enlace técnico con las seis preguntas, en: Call the technical liaison with the six questions}, quien: comunicacion, antes_de: T+5 min}
      - {id: e3, haz: {es: Buscar palabras de peligro para personas; si las hay pasar a nivel 4, en: Look for words of danger to people; if there are any go to level 4}, quien: comunidad, antes_de: T+5 min}
      - {id: e4, haz: {es: Detener campañas y publicaciones programadas, en: Stop campaigns and scheduled posts}, quien: comunidad, antes_de: T+10 min, necesita: [constancia]}
      - {id: e5, haz: {es: Repartir los papeles y confirmar que cada uno lo sabe, en: Hand out the roles and make sure everyone knows}, quien: comunicacion, antes_de: T+10 min}

  - fase: responder
    nombre: {es: Responder, en: Respond}
    objetivo: {es: Que el primer mensaje salga antes de que la gente pregunte dos veces, en: Get the first message out before people ask twice}
    tareas:
      - {id: r1, haz: {es: Comprobar otra vez que no sale nada programado, en: Check again that nothing scheduled goes out}, quien: marketing, antes_de: T+12 min}
      - {id: r2, haz: {es: Publicar el primer mensaje, en: Publish the first message}, quien: comunidad, antes_de: T+15 min, plantilla: primer_mensaje}
      - {id: r3, haz: {es: Conseguir una hora con responsable o fijar la próxima noticia, en: Get a time with an owner or set the next news}, quien: enlace_tecnico, antes_de: T+15 min}
      - {id: r4, haz: {es: Pasar el guion al centro de llamadas, en: Hand the script to the call centre}, quien: centro_llamadas, antes_de: T+20 min, plantilla: guion_llamadas}
      - {id: r5, haz: {es: Grabar el aviso del contestador, en: Record the phone greeting}, quien: centro_llamadas, antes_de: T+20 min, plantilla: ivr}
      - {id: r6, haz: {es: Avisar al personal, en: Tell the staff}, quien: interna, antes_de: T+20 min, plantilla: interno}
      - {id: r7, haz: {es: "Publicar el alcance: a quién, dónde y qué funciona", en: "Publish the scope: who, where and what works"}, quien: comunidad, antes_de: T+25 min, plantilla: alcance}
      - {id: r8, haz: {es: "Informar a dirección: estado, impacto, qué hacemos y qué hace falta", en: "Brief direction: state, impact, what we do and what we need"}, quien: comunicacion, antes_de: T+30 min, desde_nivel: 3}
      - {id: r9, haz: {es: Avisar al regulador, en: Notify the regulator}, quien: regulador, antes_de: T+30 min, plantilla: regulador, desde_nivel: 3}

  - fase: informar
    nombre: {es: Informar, en: Inform}
    objetivo: {es: Decir algo útil a cada hora prometida y nunca dos veces lo mismo, en: Say something useful at every promised time and never the same thing twice}
    tareas:
      - {id: i1, haz: {es: Poner en marcha la cadencia del nivel, en: Start the cadence of the level}, quien: comunicacion, antes_de: T+30 min}
      - {id: i2, haz: {es: Publicar qué ha cambiado o algo que sirva, en: Publish what has changed or something of use}, quien: comunidad, antes_de: T+45 min, plantilla: actualizacion}
      - {id: i3, haz: {es: Repasar los rumores y corregir los que tengan veredicto, en: Sweep the rumours and correct those with a verdict}, quien: comunidad, antes_de: T+80 min, plantilla: correccion_rumor}
      - {id: i4, haz: {es: "Revisar el relevo: quién lleva demasiado tiempo", en: "Check the handover: who has been on too long"}, quien: comunicacion, antes_de: T+80 min}
      - {id: i5, haz: {es: Decidir si pasa a crisis larga, en: Decide whether this is a long incident}, quien: direccion, antes_de: T+120 min, desde_nivel: 3}

  - fase: conectar
    nombre: {es: Conectar, en: Connect}
    objetivo: {es: Que cada cliente con un caso propio hable con alguien, en: Let every customer with a case of their own talk to somebody}
    tareas:
      - {id: c1, haz: {es: Contestar por grupos sin repetir el mismo texto, en: Answer in groups without repeating the same text}, quien: comunidad, antes_de: T+30 min, plantilla: respuesta_individual}
      - {id: c2, haz: {es: Pasar a privado los casos con datos personales, en: Move cases with personal data to private}, quien: centro_llamadas, antes_de: T+40 min, plantilla: pasar_a_privado}
      - {id: c3, haz: {es: Contestar a la prensa, en: Answer the press}, quien: comunicacion, antes_de: T+45 min, plantilla: prensa_espera}
      - {id: c4, haz: {es: Llamar a los clientes estratégicos, en: Call the strategic clients}, quien: direccion, antes_de: T+60 min, desde_nivel: 3}

  - fase: resolver
    nombre: {es: Resolver, en: Resolve}
    objetivo: {es: Decir que funciona solo cuando lo confirman la red y la gente, en: Say it works only when both the network and the people confirm it}
    tareas:
      - {id: s1, haz: {es: Confirmar con el centro de red y con las menciones que bajan, en: Confirm with the network centre and with falling mentions}, quien: enlace_tecnico, antes_de: T+4 h}
      - {id: s2, haz: {es: Publicar la resolución con lo que queda pendiente, en: Publish the resolution with what is still pending}, quien: comunidad, antes_de: T+4 h 10 min, plantilla: resolucion}
      - {id: s3, haz: {es: Cerrar las promesas individuales, en: Close the individual promises}, quien: comunidad, antes_de: T+5 h}
      - {id: s4, haz: {es: Reanudar las campañas, en: Resume the campaigns}, quien: marketing, antes_de: T+24 h, necesita: [constancia]}

  - fase: compensar
    nombre: {es: Compensar, en: Compensate}
    objetivo: {es: Que nadie tenga que pedir lo que le corresponde, en: Nobody should have to ask for what is theirs}
    tareas:
      - {id: k1, haz: {es: Decidir la compensación con Legal y Finanzas, en: Decide the compensation with Legal and Finance}, quien: direccion, antes_de: T+24 h}
      - {id: k2, haz: {es: Enviar al personal un análisis preliminar, en: Send the staff a preliminary analysis}, quien: comunicacion, antes_de: T+28 h}
      - {id: k3, haz: {es: Publicar la compensación, en: Publish the compensation}, quien: comunidad, antes_de: T+76 h, plantilla: compensacion}

  - fase: realimentar
    nombre: {es: Realimentar, en: Feed back}
    objetivo: {es: Que no se repita por la misma causa, en: Make sure the same cause does not do it again}
    tareas:
      - {id: f1, haz: {es: Hacer la revisión con todos los que participaron, en: Hold the review with everyone who took part}, quien: comunicacion, antes_de: T+7 días}
      - {id: f2, haz: {es: Publicar qué pasó y qué cambia, en: Publish what happened and what changes}, quien: comunicacion, antes_de: T+7 días, plantilla: post_publico}
      - {id: f3, haz: {es: Contar qué se cumplió de lo prometido, en: Tell what was done of what was promised}, quien: comunicacion, antes_de: T+30 días}

# ---------------------------------------------------------------- Qué se contesta, quién y en cuánto tiempo
# La tabla de procesos. Las palabras ayudan a reconocer el tipo; el tipo lo corrige quien lee.
menciones:
  - tipo: emergencia_personas
    nombre: {es: Peligro para personas, en: Danger to people}
    ejemplos: ["no puedo llamar al 911", "911 no contesta", "112", ambulancia, hospital, emergencia médica, "can''t call 911", ambulance, medical emergency, life support]
    responde: comunicacion
    suplente: direccion
    contesta: sí
    primera_respuesta: 5 min
    plantilla: respuesta_individual
    sube_a_nivel: 4
    nota: {es: Antes que nadie aunque tenga pocos seguidores; dar el número alternativo, en: Before anyone else however few their followers; give the alternative number}
  - tipo: queja_servicio
    nombre: {es: Queja por el servicio, en: Service complaint}
    ejemplos: [sin señal, sin servicio, no hay red, no tengo red, se cayó, está caído, no entra la llamada, sin internet, sin datos, sin red, caído, caída de red, no agarra, ninguno agarra, ni una rayita, se fue la red, incomunicado, no jala, dejé de poder, no tengo ni, tampoco contesta, no funciona, nada de señal, no signal, no service, network down, outage, not working, no data]
    responde: comunidad
    suplente: centro_llamadas
    contesta: sí
    primera_respuesta: 15 min
    plantilla: respuesta_individual
    nota: {es: Agrupar y contestar sin repetir el mismo texto; en nivel 3 vale 30 min, en: Group them and never repeat the same text; 30 min will do at level 3}
  - tipo: cuando_vuelve
    nombre: {es: ¿Cuándo vuelve?, en: When is it back?}
    ejemplos: [cuándo vuelve, cuándo regresa, a qué hora, para cuándo, cuánto falta, va a estar antes, sigo esperando, when will it be back, how long, any eta, what time]
    responde: comunidad
    suplente: centro_llamadas
    contesta: sí
    primera_respuesta: 15 min
    plantilla: sin_hora
    nota: {es: Solo con lo que está en el libro de compromisos, en: Only with what is in the ledger}
  - tipo: cobros
    nombre: {es: Cobros y recargas, en: Charges and top-ups}
    ejemplos: [cobro doble, me cobraron, recarga perdida, mi factura, cargo indebido, charged twice, my bill, lost my top-up]
    responde: centro_llamadas
    suplente: finanzas
    contesta: sí
    primera_respuesta: 15 min
    plantilla: pasar_a_privado
    nota: {es: Con número de caso y en privado, en: With a case number and in private}
  - tipo: cliente_de_viaje
    nombre: {es: Cliente de viaje o incomunicado, en: Travelling or stranded customer}
    ejemplos: [roaming, estoy en el aeropuerto, estoy en el extranjero, varado, en carretera, at the airport, abroad, stranded]
    responde: centro_llamadas
    suplente: comunidad
    contesta: sí
    primera_respuesta: 10 min
    plantilla: pasar_a_privado
    nota: {es: Dar una alternativa que funcione donde está, en: Give a workaround that works where they are}
  - tipo: pedido_reembolso
    nombre: {es: Pedido o reembolso, en: Order or refund}
    ejemplos: [reembolso, devolución, mi pedido, mi portabilidad, el envío del equipo, refund, my order, porting my number]
    responde: finanzas
    suplente: centro_llamadas
    contesta: sí
    primera_respuesta: 30 min
    plantilla: pasar_a_privado
  - tipo: fraude_suplantacion
    nombre: {es: Fraude o suplantación, en: Fraud or impersonation}
    ejemplos: [me llamaron de ustedes, me pidieron la clave, cuenta falsa, enlace sospechoso, phishing, estafa, fake account, asked for my password, scam, suspicious link]
    responde: legal
    suplente: comunidad
    contesta: sí
    primera_respuesta: 15 min
    plantilla: aviso_fraude
    nota: {es: No pedir nunca datos en público, en: Never ask for data in public}
  - tipo: prensa
    nombre: {es: Prensa, en: Press}
    ejemplos: [soy periodista, para una nota, pedimos una postura, redacción de, solicitamos entrevista, request for comment, i am a journalist, for a story, newsroom]
    responde: portavoz
    suplente: comunicacion
    contesta: sí
    primera_respuesta: 15 min
    plantilla: prensa_espera
    nota: {es: Apuntar la pregunta tal como la hicieron, en: Note the question just as it was asked}
  - tipo: regulador
    nombre: {es: Regulador o autoridad, en: Regulator or authority}
    ejemplos: [cofetel, profeco, ift, crt, procuraduría, requerimiento, protección civil, regulator, consumer agency]
    responde: regulador
    suplente: legal
    contesta: sí
    primera_respuesta: 15 min
    plantilla: regulador
    sube_a_nivel: 3
  - tipo: influyente
    nombre: {es: Persona influyente molesta, en: Upset influential person}
    ejemplos: [hilo sobre mi compañía, voy a contarlo en mi programa, thread about my carrier]
    responde: comunicacion
    suplente: comunidad
    contesta: sí
    primera_respuesta: 15 min
    plantilla: respuesta_individual
    nota: {es: Por el daño y no por los seguidores, en: By the harm and not by the followers}
  - tipo: rumor
    nombre: {es: Rumor o dato falso, en: Rumour or false claim}
    ejemplos: [dicen que, los hackearon, hackeo, ciberataque, robaron los datos, datos a la venta, a la venta los datos, van a quebrar, they say that, got hacked, cyberattack, data stolen, going bankrupt]
    responde: comunicacion
    suplente: enlace_tecnico
    contesta: sí
    primera_respuesta: 20 min
    plantilla: correccion_rumor
    nota: {es: Veredicto antes que respuesta; no repetir el titular, en: Verdict before answer; do not repeat the headline}
  - tipo: promesa_reclamada
    nombre: {es: Promesa reclamada, en: Promise called in}
    ejemplos: [dijeron que a las, prometieron, no cumplieron, para qué dan hora, la hora que dieron, quedaron de llamarme, you said it would, you promised, broken promise]
    responde: comunicacion
    suplente: direccion
    contesta: sí
    primera_respuesta: 10 min
    plantilla: promesa_incumplida
    nota: {es: Buscarla en el libro antes de contestar, en: Look it up in the ledger before answering}
  - tipo: cliente_ayuda
    nombre: {es: Cliente que ayuda, en: Customer who helps}
    ejemplos: [reinicia el equipo, a mí me funciona, ya me volvió, prueben con wifi, restart your phone, works for me, try wi-fi calling]
    responde: comunidad
    suplente: centro_llamadas
    contesta: sí
    primera_respuesta: 2 h
    puede_esperar: sí
    plantilla: respuesta_individual
    nota: {es: Dar las gracias por su nombre, en: Thank them by name}
  - tipo: idea
    nombre: {es: Idea o mejora, en: Idea or improvement}
    ejemplos: [deberían, sugerencia, estaría bien que, les propongo, you should, suggestion, it would help if]
    responde: comunidad
    suplente: comunicacion
    contesta: sí
    primera_respuesta: 24 h
    puede_esperar: sí
    plantilla: respuesta_individual
    nota: {es: Decir a qué área se pasa y volver con la respuesta, en: Say which area gets it and come back with the answer}
  - tipo: elogio
    nombre: {es: Elogio, en: Praise}
    ejemplos: [gracias por avisar, bien por avisar, se agradece, buen trabajo, excelente atención, thanks for letting us know, good job, well handled]
    responde: comunidad
    suplente: comunicacion
    contesta: sí
    primera_respuesta: 24 h
    puede_esperar: sí
    plantilla: respuesta_individual
    nota: {es: No celebrar mientras la crisis siga abierta, en: Do not celebrate while the crisis is open}
  - tipo: empleado
    nombre: {es: Empleado que habla en público, en: Staff speaking in public}
    ejemplos: [trabajo en la empresa, soy de la compañía, mi jefe dice, i work there, i work for the carrier]
    responde: interna
    suplente: comunicacion
    contesta: sí
    primera_respuesta: 30 min
    plantilla: interno
    nota: {es: En privado y con amabilidad, en: In private and kindly}
  - tipo: ruido
    nombre: {es: Insulto sin contenido o cuenta automática, en: Empty insult or bot}
    ejemplos: [sorteo, gana dinero, sígueme y te sigo, follow back, giveaway]
    responde: nadie
    contesta: no
    nota: {es: Se cuenta y no se borra, en: It is counted and never deleted}

# ---------------------------------------------------------------- Con qué tono
estrategia:
  grupo: accidental                      # victima | accidental | evitable | rumor
  antecedentes: sí                       # una crisis parecida en 24 meses la sube un escalón
  usar: [instruir, ajustar, reconstruir.disculpa, reconstruir.compensacion, correccion]
  evitar: [negar, atacar_al_acusador, chivo_expiatorio]

# ---------------------------------------------------------------- Lo que se promete
compromisos:
  margen_minimo: 20 min                  # con esta antelación se pregunta: ¿se puede cumplir?
  riesgo_maximo: 20 %                    # por encima, se propone dar la próxima noticia y no una hora
  historial_minimo: 8                    # con menos casos el programa dice que no lo sabe
  quien_puede_dar_hora: [enlace_tecnico]
  si_se_incumple: {plantilla: promesa_incumplida, antes_de: 10 min, compensacion: revisar}

compensacion:
  - cuando: "duracion >= 2 h"
    propone: abono_proporcional
    nombre: {es: Abono proporcional al tiempo sin servicio, en: Credit for the time without service}
    aprueba: [direccion, legal]
    base_legal: {norma: NOM-184-SCFI-2018, revisada: 2026-11-16}
  - cuando: "promesas_incumplidas >= 1"
    propone: bono_datos
    nombre: {es: Bono de datos para los clientes afectados, en: Data bonus for the customers affected}
    aprueba: [direccion]

# ---------------------------------------------------------------- Los textos
plantillas:
  primer_mensaje:
    para: {es: Primer mensaje, en: Holding statement}
    fase: responder
    aprueba: [comunicacion]
    preaprobada: sí                      # no hay que esperar a nadie
    campos: [servicio, zona?, inicio, alternativa?, proxima_actualizacion, donde_informarse]
    prohibe: [causa, hora_solucion]
    etiquetas: [instruir, ajustar]
    es: >-
      Sabemos que {servicio} está fallando desde las {inicio}. {zona}. Sentimos las molestias.
      {alternativa}. Estamos investigando y volveremos a informar a las {proxima_actualizacion} en {donde_informarse}.
    en: >-
      We know {servicio} has been failing since {inicio}. {zona}. We are sorry.
      {alternativa}. We are investigating and will post again at {proxima_actualizacion} on {donde_informarse}.
    canales: {corto: 280}

  alcance:
    para: {es: A quién afecta y qué funciona, en: Who is affected and what works}
    fase: responder
    aprueba: [comunicacion]
    campos: [quien_afecta, que_no, que_funciona, zona?, alternativa?, proxima]
    prohibe: [causa, hora_solucion]
    etiquetas: [instruir]
    es: >-
      La falla afecta a {quien_afecta}. {zona}. No funciona: {que_no}. Sí funciona: {que_funciona}.
      {alternativa}. Próxima noticia: a las {proxima}.
    en: >-
      The fault affects {quien_afecta}. {zona}. Not working: {que_no}. Working: {que_funciona}.
      {alternativa}. Next news: at {proxima}.
    canales: {corto: 280}

  actualizacion:
    para: {es: Actualización, en: Update}
    fase: informar
    aprueba: [comunicacion]
    campos: [ahora, que_ha_cambiado, utilidad?, causa?, proxima]
    etiquetas: [instruir, ajustar]
    es: >-
      Novedades a las {ahora}: {que_ha_cambiado}. {utilidad}. {causa}.
      Próxima noticia: a las {proxima}.
    en: >-
      News at {ahora}: {que_ha_cambiado}. {utilidad}. {causa}.
      Next news: at {proxima}.
    canales: {corto: 280}

  sin_hora:
    para: {es: Sin hora todavía, en: No time yet}
    fase: informar
    aprueba: [comunicacion]
    preaprobada: sí                      # el camino honrado es el más corto
    campos: [por_que_no_hay_hora, que_hacemos, alternativa?, proxima]
    prohibe: [promesa, hora_solucion, hora_nueva]
    etiquetas: [instruir, ajustar]
    es: >-
      Todavía no podemos dar una hora fiable: {por_que_no_hay_hora}. Lo que hacemos: {que_hacemos}.
      Preferimos no prometer lo que no sabemos. {alternativa}. Próxima noticia: a las {proxima}.
    en: >-
      We cannot give a reliable time yet: {por_que_no_hay_hora}. What we are doing: {que_hacemos}.
      We would rather not promise what we do not know. {alternativa}. Next news: at {proxima}.

  con_hora:
    para: {es: Hora de solución, en: Time of the fix}
    fase: informar
    aprueba: [enlace_tecnico, comunicacion]
    campos: [servicio, promesa, parcial?, proxima]
    etiquetas: [instruir, ajustar]
    es: >-
      Esperamos recuperar {servicio} antes de las {promesa}. Si cambia, lo diremos antes de esa hora.
      {parcial}. Próxima noticia: a las {proxima}.
    en: >-
      We expect {servicio} back before {promesa}. If that changes, we will say so before then.
      {parcial}. Next news: at {proxima}.
    canales: {corto: 280}

  cambio_hora:
    para: {es: Cambio de hora, en: Change of time}
    fase: informar
    aprueba: [enlace_tecnico, comunicacion]
    campos: [hora_anterior, disculpa, motivo, hora_nueva, compensacion?, proxima?]
    etiquetas: [ajustar, reconstruir.disculpa]
    es: >-
      Dijimos que sería antes de las {hora_anterior} y no llegaremos. {disculpa}. El motivo: {motivo}.
      Nueva hora: antes de las {hora_nueva}. {compensacion}. Próxima noticia: a las {proxima}.
    en: >-
      We said before {hora_anterior} and we will not make it. {disculpa}. The reason: {motivo}.
      New time: before {hora_nueva}. {compensacion}. Next news: at {proxima}.
    canales: {corto: 280}

  promesa_incumplida:
    para: {es: Promesa incumplida, en: Broken promise}
    fase: informar
    aprueba: [direccion]
    campos:
      promesa_rota: hora
      disculpa: texto
      motivo: {tipo: texto, es: Qué pasó (o que no lo sabemos), en: What happened (or that we do not know)}
      remedio: {tipo: texto, es: Remedio (compensación o cambio concreto), en: Remedy (compensation or a named change)}
      contacto: texto opcional
      proxima: proxima
    etiquetas: [reconstruir.disculpa, reconstruir.compensacion]
    es: >-
      Dijimos que a las {promesa_rota} estaría resuelto y no lo está. {disculpa}. Lo que pasó: {motivo}.
      Para compensarlo: {remedio}. {contacto}. Próxima noticia: a las {proxima}.
    en: >-
      We said it would be working at {promesa_rota} and it is not. {disculpa}. What happened: {motivo}.
      To make up for it: {remedio}. {contacto}. Next news: at {proxima}.

  disculpa:
    para: {es: Disculpa, en: Apology}
    fase: compensar
    aprueba: [direccion, legal]
    campos:
      que_paso: hecho
      efecto_en_personas: texto
      responsabilidad: texto
      remedio: texto
      prevencion: texto
      fecha: fecha
      firma: persona opcional
    etiquetas: [reconstruir.disculpa, reconstruir.compensacion]
    es: >-
      {que_paso}. Sabemos lo que significó: {efecto_en_personas}. {responsabilidad}. Pedimos disculpas.
      Para compensarlo: {remedio}. Para que no se repita: {prevencion}, con fecha {fecha}. {firma}.
    en: >-
      {que_paso}. We know what it meant: {efecto_en_personas}. {responsabilidad}. We apologise.
      To make up for it: {remedio}. So that it does not happen again: {prevencion}, dated {fecha}. {firma}.

  respuesta_individual:
    para: {es: Respuesta a una persona, en: Reply to one person}
    fase: conectar
    aprueba: [comunidad]
    preaprobada: sí
    campos: [nombre, reconocimiento, situacion, siguiente_paso, privado?]
    etiquetas: [ajustar]
    es: >-
      {nombre}, {reconocimiento}. {situacion}. {siguiente_paso}. {privado}.
    en: >-
      {nombre}, {reconocimiento}. {situacion}. {siguiente_paso}. {privado}.
    canales: {corto: 280}

  pasar_a_privado:
    para: {es: Pasar a privado, en: Move to private}
    fase: conectar
    aprueba: [comunidad]
    preaprobada: sí
    campos: [nombre, canal_seguro, que_no_pediremos, promesa_llamada]
    prohibe: [tarjeta, clave, nip]
    etiquetas: [instruir]
    es: >-
      {nombre}, escríbenos por {canal_seguro} con un teléfono de contacto. Nunca te pediremos {que_no_pediremos}.
      Te llamamos antes de las {promesa_llamada}.
    en: >-
      {nombre}, write to us on {canal_seguro} with a contact phone number. We will never ask for {que_no_pediremos}.
      We will call you before {promesa_llamada}.
    canales: {corto: 280}

  resolucion:
    para: {es: Resolución, en: Resolution}
    fase: resolver
    aprueba: [comunicacion, enlace_tecnico]
    campos: [servicio, hora_fin, confirmado_por, efectos_pendientes, que_hacer_si_sigue, causa?, compensacion?, proximo_paso?]
    etiquetas: [instruir, ajustar]
    es: >-
      {servicio} funciona desde las {hora_fin}, confirmado por {confirmado_por}. Queda pendiente: {efectos_pendientes}.
      Si te sigue fallando: {que_hacer_si_sigue}. {causa}. {compensacion}. Gracias por la paciencia. {proximo_paso}.
    en: >-
      {servicio} has been working since {hora_fin}, confirmed by {confirmado_por}. Still pending: {efectos_pendientes}.
      If it still fails for you: {que_hacer_si_sigue}. {causa}. {compensacion}. Thank you for your patience. {proximo_paso}.

  compensacion:
    para: {es: Compensación, en: Compensation}
    fase: compensar
    aprueba: [direccion, legal, finanzas]
    campos:
      fecha: fecha
      a_quien: texto
      beneficio: texto
      como_se_aplica: texto
      cuando: fecha
      contacto: texto
      base_legal_revisada: {tipo: texto opcional, es: Base legal revisada (frase entera), en: Legal basis checked (a whole sentence)}
    etiquetas: [reconstruir.compensacion]
    es: >-
      Por la falla del {fecha}, {a_quien} recibirá {beneficio}. Se aplica {como_se_aplica}, a más tardar el {cuando}.
      No hay que hacer nada. {base_legal_revisada}. Dudas: {contacto}.
    en: >-
      For the fault of {fecha}, {a_quien} will receive {beneficio}. It is applied {como_se_aplica}, no later than {cuando}.
      Nothing needs to be done. {base_legal_revisada}. Questions: {contacto}.

  correccion_rumor:
    para: {es: Corrección de un rumor, en: Rumour correction}
    fase: informar
    aprueba: [comunicacion]
    campos: [afirmacion_en_neutro, verdad, desde_cuando_lo_sabemos, donde_comprobar, proxima?]
    etiquetas: [correccion]
    es: >-
      No hay indicios de que {afirmacion_en_neutro}. Lo que sabemos desde las {desde_cuando_lo_sabemos}: {verdad}.
      Se puede comprobar en {donde_comprobar}. Próxima noticia: a las {proxima}.
    en: >-
      There is no sign that {afirmacion_en_neutro}. What we have known since {desde_cuando_lo_sabemos}: {verdad}.
      It can be checked at {donde_comprobar}. Next news: at {proxima}.
    canales: {corto: 280}

  aviso_fraude:
    para: {es: Aviso de fraude, en: Fraud warning}
    fase: conectar
    aprueba: [legal]
    campos: [que_circula, que_no_hacemos, canal_oficial]
    etiquetas: [instruir]
    es: >-
      Atención: circula {que_circula}. No es nuestro. Nosotros nunca {que_no_hacemos}.
      El único canal oficial es {canal_oficial}. Si ya diste un dato, escríbenos ahí.
    en: >-
      Beware: {que_circula} is going around. It is not ours. We never {que_no_hacemos}.
      The only official channel is {canal_oficial}. If you already gave any data, write to us there.

  prensa_espera:
    para: {es: Prensa en espera, en: Press holding text}
    fase: conectar
    aprueba: [portavoz]
    campos: [hechos, que_no_sabemos, portavoz, cita?, proxima]
    etiquetas: [instruir]
    es: >-
      Lo que podemos confirmar: {hechos}. Lo que todavía no sabemos: {que_no_sabemos}. {cita}.
      Portavoz: {portavoz}. Próxima información: a las {proxima}.
    en: >-
      What we can confirm: {hechos}. What we do not know yet: {que_no_sabemos}. {cita}.
      Spokesperson: {portavoz}. Next information: at {proxima}.

  regulador:
    para: {es: Aviso al regulador, en: Notice to the regulator}
    fase: responder
    aprueba: [legal]
    campos: [servicio, inicio, alcance, causa_si_se_sabe?, medidas, contacto, siguiente_informe]
    etiquetas: [instruir]
    es: >-
      Se comunica una interrupción de {servicio} desde las {inicio}. Alcance: {alcance}. {causa_si_se_sabe}.
      Medidas en curso: {medidas}. Contacto: {contacto}. Siguiente informe: a las {siguiente_informe}.
    en: >-
      We report an interruption of {servicio} since {inicio}. Scope: {alcance}. {causa_si_se_sabe}.
      Measures under way: {medidas}. Contact: {contacto}. Next report: at {siguiente_informe}.

  interno:
    para: {es: Aviso al personal, en: Note to the staff}
    fase: responder
    aprueba: [comunicacion]
    campos: [estado, impacto, que_decir, que_no_decir, proxima]
    etiquetas: [instruir]
    es: >-
      Solo para el personal. Estado: {estado}. Impacto: {impacto}. Qué decir: {que_decir}.
      Qué no decir: {que_no_decir}. Próxima nota: a las {proxima}.
    en: >-
      Staff only. State: {estado}. Impact: {impacto}. What to say: {que_decir}.
      What not to say: {que_no_decir}. Next note: at {proxima}.

  guion_llamadas:
    para: {es: Guion del centro de llamadas, en: Call centre script}
    fase: responder
    aprueba: [comunicacion]
    campos: [frase_inicial, preguntas, respuestas, cuando_escalar]
    prohibe: [hora_solucion]
    etiquetas: [instruir, ajustar]
    es: >-
      Al contestar: {frase_inicial}. Preguntar: {preguntas}. Responder: {respuestas}. Pasar a supervisión: {cuando_escalar}.
    en: >-
      On answering: {frase_inicial}. Ask: {preguntas}. Answer: {respuestas}. Pass to a supervisor: {cuando_escalar}.

  ivr:
    para: {es: Contestador, en: Phone greeting}
    fase: responder
    aprueba: [comunicacion]
    campos: [servicio, inicio, alternativa?, proxima]
    prohibe: [hora_solucion]
    etiquetas: [instruir]
    es: >-
      Sabemos que {servicio} falla desde las {inicio}. Sentimos las molestias. {alternativa}.
      Habrá novedades a las {proxima}.
    en: >-
      We know {servicio} has been failing since {inicio}. We are sorry. {alternativa}.
      There will be news at {proxima}.
    canales: {voz: 190}                  # lo que se lee en unos 12 segundos

  post_publico:
    para: {es: Qué pasó y qué cambia, en: What happened and what changes}
    fase: realimentar
    aprueba: [direccion, legal]
    campos:
      resumen: texto
      que_paso: hecho
      impacto_numeros: {tipo: texto, es: Impacto en cifras, en: Impact in figures}
      que_cambiamos: {tipo: lista, es: "Qué cambiamos, con fechas", en: "What we change, with dates"}
      disculpa: texto
      cronologia: lista opcional
    etiquetas: [reconstruir.disculpa]
    es: >-
      {resumen}. Qué pasó: {que_paso}. A quién afectó: {impacto_numeros}. Qué cambiamos: {que_cambiamos}.
      {cronologia}. {disculpa}.
    en: >-
      {resumen}. What happened: {que_paso}. Who was affected: {impacto_numeros}. What we change: {que_cambiamos}.
      {cronologia}. {disculpa}.

# ---------------------------------------------------------------- Después
revision: {antes_de: 7 días, responsable: comunicacion, asisten: [enlace_tecnico, centro_llamadas, legal, comunidad]}
simulacro: {cada: 180 días, escenario: iusacell-0700-1100}
',1773147600000000);
CREATE TABLE source (
    source TEXT NOT NULL,
    account TEXT NOT NULL,
    label TEXT DEFAULT '' NOT NULL,
    cursor TEXT DEFAULT '' NOT NULL,
    added_at INTEGER NOT NULL,
    last_ok INTEGER,
    next_at INTEGER,
    failures INTEGER DEFAULT '0' NOT NULL,
    error_key TEXT DEFAULT '' NOT NULL,
    error_fields TEXT NOT NULL,
    polled BOOLEAN NOT NULL,
    PRIMARY KEY (source, account)
);
CREATE TABLE task (
    id INTEGER NOT NULL,
    incident_id INTEGER NOT NULL,
    task_id TEXT NOT NULL,
    phase TEXT NOT NULL,
    do TEXT NOT NULL,
    owner TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    done_at INTEGER,
    evidence TEXT DEFAULT '' NOT NULL,
    template TEXT DEFAULT '' NOT NULL,
    needs_evidence BOOLEAN NOT NULL,
    min_level INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(incident_id) REFERENCES incident (id)
);
INSERT INTO "task" VALUES(1,1,'e1','escuchar','{"es":"Anotar qué sabemos y qué no","en":"Write down what we know and what we do not"}','comunicacion',1773147420000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(2,1,'e2','escuchar','{"es":"Llamar al enlace técnico con las seis preguntas","en":"Call the technical liaison with the six questions"}','comunicacion',1773147600000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(3,1,'e3','escuchar','{"es":"Buscar palabras de peligro para personas; si las hay pasar a nivel 4","en":"Look for words of danger to people; if there are any go to level 4"}','comunidad',1773147600000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(4,1,'e4','escuchar','{"es":"Detener campañas y publicaciones programadas","en":"Stop campaigns and scheduled posts"}','comunidad',1773147900000000,'open',NULL,'','',1,0);
INSERT INTO "task" VALUES(5,1,'e5','escuchar','{"es":"Repartir los papeles y confirmar que cada uno lo sabe","en":"Hand out the roles and make sure everyone knows"}','comunicacion',1773147900000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(6,1,'r1','responder','{"es":"Comprobar otra vez que no sale nada programado","en":"Check again that nothing scheduled goes out"}','marketing',1773148020000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(7,1,'r2','responder','{"es":"Publicar el primer mensaje","en":"Publish the first message"}','comunidad',1773148200000000,'open',NULL,'','primer_mensaje',0,0);
INSERT INTO "task" VALUES(8,1,'r3','responder','{"es":"Conseguir una hora con responsable o fijar la próxima noticia","en":"Get a time with an owner or set the next news"}','enlace_tecnico',1773148200000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(9,1,'r4','responder','{"es":"Pasar el guion al centro de llamadas","en":"Hand the script to the call centre"}','centro_llamadas',1773148500000000,'open',NULL,'','guion_llamadas',0,0);
INSERT INTO "task" VALUES(10,1,'r5','responder','{"es":"Grabar el aviso del contestador","en":"Record the phone greeting"}','centro_llamadas',1773148500000000,'open',NULL,'','ivr',0,0);
INSERT INTO "task" VALUES(11,1,'r6','responder','{"es":"Avisar al personal","en":"Tell the staff"}','interna',1773148500000000,'open',NULL,'','interno',0,0);
INSERT INTO "task" VALUES(12,1,'r7','responder','{"es":"Publicar el alcance: a quién, dónde y qué funciona","en":"Publish the scope: who, where and what works"}','comunidad',1773148800000000,'open',NULL,'','alcance',0,0);
INSERT INTO "task" VALUES(13,1,'r8','responder','{"es":"Informar a dirección: estado, impacto, qué hacemos y qué hace falta","en":"Brief direction: state, impact, what we do and what we need"}','comunicacion',1773149100000000,'open',NULL,'','',0,3);
INSERT INTO "task" VALUES(14,1,'r9','responder','{"es":"Avisar al regulador","en":"Notify the regulator"}','regulador',1773149100000000,'open',NULL,'','regulador',0,3);
INSERT INTO "task" VALUES(15,1,'i1','informar','{"es":"Poner en marcha la cadencia del nivel","en":"Start the cadence of the level"}','comunicacion',1773149100000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(16,1,'i2','informar','{"es":"Publicar qué ha cambiado o algo que sirva","en":"Publish what has changed or something of use"}','comunidad',1773150000000000,'open',NULL,'','actualizacion',0,0);
INSERT INTO "task" VALUES(17,1,'i3','informar','{"es":"Repasar los rumores y corregir los que tengan veredicto","en":"Sweep the rumours and correct those with a verdict"}','comunidad',1773152100000000,'open',NULL,'','correccion_rumor',0,0);
INSERT INTO "task" VALUES(18,1,'i4','informar','{"es":"Revisar el relevo: quién lleva demasiado tiempo","en":"Check the handover: who has been on too long"}','comunicacion',1773152100000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(19,1,'i5','informar','{"es":"Decidir si pasa a crisis larga","en":"Decide whether this is a long incident"}','direccion',1773154500000000,'open',NULL,'','',0,3);
INSERT INTO "task" VALUES(20,1,'c1','conectar','{"es":"Contestar por grupos sin repetir el mismo texto","en":"Answer in groups without repeating the same text"}','comunidad',1773149100000000,'open',NULL,'','respuesta_individual',0,0);
INSERT INTO "task" VALUES(21,1,'c2','conectar','{"es":"Pasar a privado los casos con datos personales","en":"Move cases with personal data to private"}','centro_llamadas',1773149700000000,'open',NULL,'','pasar_a_privado',0,0);
INSERT INTO "task" VALUES(22,1,'c3','conectar','{"es":"Contestar a la prensa","en":"Answer the press"}','comunicacion',1773150000000000,'open',NULL,'','prensa_espera',0,0);
INSERT INTO "task" VALUES(23,1,'c4','conectar','{"es":"Llamar a los clientes estratégicos","en":"Call the strategic clients"}','direccion',1773150900000000,'open',NULL,'','',0,3);
INSERT INTO "task" VALUES(24,1,'s1','resolver','{"es":"Confirmar con el centro de red y con las menciones que bajan","en":"Confirm with the network centre and with falling mentions"}','enlace_tecnico',1773161700000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(25,1,'s2','resolver','{"es":"Publicar la resolución con lo que queda pendiente","en":"Publish the resolution with what is still pending"}','comunidad',1773162300000000,'open',NULL,'','resolucion',0,0);
INSERT INTO "task" VALUES(26,1,'s3','resolver','{"es":"Cerrar las promesas individuales","en":"Close the individual promises"}','comunidad',1773165300000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(27,1,'s4','resolver','{"es":"Reanudar las campañas","en":"Resume the campaigns"}','marketing',1773233700000000,'open',NULL,'','',1,0);
INSERT INTO "task" VALUES(28,1,'k1','compensar','{"es":"Decidir la compensación con Legal y Finanzas","en":"Decide the compensation with Legal and Finance"}','direccion',1773233700000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(29,1,'k2','compensar','{"es":"Enviar al personal un análisis preliminar","en":"Send the staff a preliminary analysis"}','comunicacion',1773248100000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(30,1,'k3','compensar','{"es":"Publicar la compensación","en":"Publish the compensation"}','comunidad',1773420900000000,'open',NULL,'','compensacion',0,0);
INSERT INTO "task" VALUES(31,1,'f1','realimentar','{"es":"Hacer la revisión con todos los que participaron","en":"Hold the review with everyone who took part"}','comunicacion',1773752100000000,'open',NULL,'','',0,0);
INSERT INTO "task" VALUES(32,1,'f2','realimentar','{"es":"Publicar qué pasó y qué cambia","en":"Publish what happened and what changes"}','comunicacion',1773752100000000,'open',NULL,'','post_publico',0,0);
INSERT INTO "task" VALUES(33,1,'f3','realimentar','{"es":"Contar qué se cumplió de lo prometido","en":"Tell what was done of what was promised"}','comunicacion',1775739300000000,'open',NULL,'','',0,0);
CREATE TABLE timeline (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    incident_id INTEGER,
    alert_id INTEGER,
    kind TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    offset_minutes INTEGER NOT NULL,
    actor TEXT NOT NULL,
    data TEXT NOT NULL,
    text TEXT DEFAULT '' NOT NULL,
    revises INTEGER
);
INSERT INTO "timeline" VALUES(1,1,NULL,'incident.opened',1773147600000000,1773147600000000,-360,'ana','{"title":"Sin servicio","level":3,"started":"2026-03-10T12:55:00+00:00","name":"2026-03-10-1"}','',NULL);
INSERT INTO "timeline" VALUES(2,1,NULL,'incident.level_set',1773147600000000,1773147600000000,-360,'ana','{"level":3,"level_name":{"es":"Crisis","en":"Crisis"}}','',NULL);
INSERT INTO "timeline" VALUES(3,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Enlace técnico (centro de red)","en":"Technical liaison (network centre)"},"role_id":"enlace_tecnico","step":1,"round":1,"who":"Guardia.Noc"}','',NULL);
INSERT INTO "timeline" VALUES(4,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Comunidad y redes sociales","en":"Community and social media"},"role_id":"comunidad","step":1,"round":1,"who":{"es":"nadie asignado","en":"nobody assigned"}}','',NULL);
INSERT INTO "timeline" VALUES(5,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Dirección general","en":"Executive direction"},"role_id":"direccion","step":1,"round":1,"who":"Dir.General"}','',NULL);
INSERT INTO "timeline" VALUES(6,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Legal","en":"Legal"},"role_id":"legal","step":1,"round":1,"who":{"es":"nadie asignado","en":"nobody assigned"}}','',NULL);
INSERT INTO "timeline" VALUES(7,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Centro de llamadas","en":"Call centre"},"role_id":"centro_llamadas","step":1,"round":1,"who":{"es":"nadie asignado","en":"nobody assigned"}}','',NULL);
INSERT INTO "timeline" VALUES(8,1,NULL,'escalation.step',1773147600000000,1773147600000000,-360,'desk','{"role":{"es":"Campañas y publicidad","en":"Campaigns and advertising"},"role_id":"marketing","step":1,"round":1,"who":{"es":"nadie asignado","en":"nobody assigned"}}','',NULL);
INSERT INTO "timeline" VALUES(9,1,NULL,'call.outcome',1773147600000000,1773147600000000,-360,'ana','{"role":{"es":"Enlace técnico (centro de red)","en":"Technical liaison (network centre)"},"role_id":"enlace_tecnico","who":"Guardia.Noc","slug":"guardia.noc","outcome":"voicemail"}','',NULL);
INSERT INTO "timeline" VALUES(10,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Enlace técnico (centro de red)","en":"Technical liaison (network centre)"},"role_id":"enlace_tecnico","step":2,"round":1,"who":"Jefe.Redes"}','',NULL);
INSERT INTO "timeline" VALUES(11,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Comunidad y redes sociales","en":"Community and social media"},"role_id":"comunidad","step":2,"round":1,"who":"cm.guardia"}','',NULL);
INSERT INTO "timeline" VALUES(12,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Dirección general","en":"Executive direction"},"role_id":"direccion","step":2,"round":1,"who":"Dir.Operaciones"}','',NULL);
INSERT INTO "timeline" VALUES(13,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Legal","en":"Legal"},"role_id":"legal","step":2,"round":1,"who":"despacho.externo"}','',NULL);
INSERT INTO "timeline" VALUES(14,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Centro de llamadas","en":"Call centre"},"role_id":"centro_llamadas","step":2,"round":1,"who":"sup.llamadas.noche"}','',NULL);
INSERT INTO "timeline" VALUES(15,1,NULL,'escalation.step',1773147960000000,1773147960000000,-360,'desk','{"role":{"es":"Campañas y publicidad","en":"Campaigns and advertising"},"role_id":"marketing","step":2,"round":1,"who":"mkt.guardia"}','',NULL);
INSERT INTO "timeline" VALUES(16,1,NULL,'fact.said',1773147960000000,1773147960000000,-360,'ana','{"key":"servicio","value":{"es":"voz y datos","en":"voice and data"},"said_by":"guardia.noc","section":"know"}','',NULL);
CREATE INDEX ix_gap_start ON gap (start)
;
CREATE INDEX ix_incident_state ON incident (state)
;
CREATE INDEX mention_native ON mention (source, native_id)
;
CREATE INDEX mention_published ON mention (published_at, id)
;
CREATE INDEX ix_timeline_alert_id ON timeline (alert_id)
;
CREATE INDEX ix_timeline_incident_id ON timeline (incident_id)
;
CREATE INDEX ix_alert_state ON alert (state)
;
CREATE INDEX commitment_due ON commitment (state, due_at)
;
CREATE INDEX ix_commitment_incident_id ON commitment (incident_id)
;
CREATE INDEX ix_draft_incident_id ON draft (incident_id)
;
CREATE INDEX ix_escalation_ack_expires_at ON escalation (ack_expires_at)
;
CREATE INDEX ix_escalation_incident_id ON escalation (incident_id)
;
CREATE INDEX ix_escalation_step_due_at ON escalation (step_due_at)
;
CREATE INDEX ix_fact_incident_id ON fact (incident_id)
;
CREATE INDEX ix_task_incident_id ON task (incident_id)
;
CREATE INDEX ix_attempt_escalation_id ON attempt (escalation_id)
;
CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline BEGIN
SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline BEGIN
SELECT RAISE(ABORT, 'the timeline is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('timeline',16);
COMMIT;
PRAGMA application_id=1128549169;
PRAGMA user_version=1;
