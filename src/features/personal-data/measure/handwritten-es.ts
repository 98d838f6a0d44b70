/**
 * Spanish texts as people write them, labelled by hand: ⟦kind|value⟧. The check digits are right
 * where the text means a real identifier; names and addresses are labelled for the model's pass.
 * These were written before the first run over them, and show what a generated set hides.
 */
export const SPANISH: readonly string[] = [
  `Estimados señores:

Por la presente, yo, ⟦name|María Dolores Ibáñez Ruiz⟧, con DNI ⟦dni|42795911-H⟧ y domicilio en ⟦address|calle Alcalde Móstoles 14, 2º B, 28013 Madrid⟧, solicito la devolución del recibo de 45,90 € cargado el 03/02/2025 en mi cuenta ⟦iban|ES79 5527 3173 7727 8042 8503⟧.

Atentamente,
⟦name|María Dolores Ibáñez⟧
Tel. ⟦phone|612 48 90 33⟧ · ⟦email|lola.ibanez@correo.es⟧`,
  `Hola Paco, soy ⟦name|Nuria⟧ de la gestoría. Me falta el NSS del chico nuevo, el que nos diste (⟦nss|22/87217769/61⟧) es del anterior, ¿no? Mándamelo al ⟦phone|654-221-908⟧ por whatsapp. Bss`,
  `CURRÍCULUM VÍTAE
Nombre: ⟦name|Jordi Puigdemont i Serra⟧
Fecha de nacimiento: ⟦birthdate|14/09/1987⟧
NIE/DNI: ⟦dni|53.189.887-H⟧
Teléfono: ⟦phone|+34 93 229 16 89⟧
Correo: ⟦email|jordi.puig@uni.edu⟧
Experiencia: 2015-2024, Ajuntament de Girona. Carnet B. Inglés B2 (First, 2012).`,
  `Incidencia INC-2024-004512: el usuario no puede entrar desde la IP ⟦ip|197.4.244.113⟧. Versión del cliente 4.12.0.33, puerto 8443. Adjunta captura. Prioridad 3.`,
  `Buenas tardes, el pedido 698745120 no ha llegado. Lo pagué con la tarjeta acabada en 4417. Mi correo es ⟦email|m.garcia971@acme.co.uk⟧ y el seguimiento dice 0049302188745 desde el lunes.`,
  `D. ⟦name|Antonio Cruz Vega⟧, mayor de edad, con NIF número ⟦dni|09935225F⟧, en nombre y representación de Talleres Cruz S.L. (CIF ⟦cif|G-43553502⟧), EXPONE: que con fecha 12 de mayo de 2024 recibió la notificación 2024/0081234 del expediente 612345/2024.`,
  `le he dicho que mi dni es ⟦dni|94601337z⟧ y que me llame al ⟦phone|612345678⟧ o al fijo ⟦phone|91 555 12 34⟧ antes de las 15:00`,
  `La paciente, nacida el ⟦birthdate|3 de mayo de 1962⟧, acude por dolor lumbar de 3 semanas. TA 130/80, FC 72. Glucosa 104 mg/dl. Cita el 12-06-2025 a las 10:15. Nº historia 88213.`,
  `Oye, apunta la cuenta del alquiler: ⟦iban|ES7955273173772780428503⟧, son 750€ el día 5. La wifi es CasaAna y la contraseña: ⟦secret|Gat0Negro2021!⟧`,
  `Resume este contrato en cinco puntos: «REUNIDOS, de una parte, doña ⟦name|Carmen Ortiz⟧, con NIE ⟦nie|X-3655913V⟧, y de otra, la mercantil Solrayo S.A., con C.I.F. ⟦cif|V26246868⟧, inscrita en el Registro Mercantil de Sevilla, tomo 2134, folio 88, hoja SE-45123…»`,
  `Mi coche es un Seat Ibiza de 2018 con matrícula ⟦plate|5731 GRG⟧, 84.000 km, bastidor VSSZZZ6JZJR012345. Pido 7.500 €. Tfno: ⟦phone|699112233⟧ (tardes).`,
  `Los datos de la viajera: pasaporte español ⟦passport|GVR351329⟧, caduca el 12/08/2031; vuelo IB3456 del 3 de julio, localizador X7KQ2P, asiento 14C.`,
  `import requests
API_KEY = "⟦secret|sk-proj-TBHXJByDYdi42oYmoTbfKq9qLvg2D889Ieh5rjXt⟧"
r = requests.get("https://api.ejemplo.com/v1/items/612345678", timeout=30)
print(r.status_code)  # 200`,
  `2025-01-14 08:31:22,845 INFO  [http-8080] login ok user=⟦email|p-martin775@acme.co.uk⟧ ip=⟦ip|143.95.126.40⟧ session=7f3a9c2e took=182ms
2025-01-14 08:31:23,001 WARN  [http-8080] slow query 2381ms rows=48213`,
  `Querida ⟦name|Lucía⟧: te escribo desde el pueblo. Aquí todo sigue igual, con 1.243 habitantes y las fiestas el 15 de agosto. Dale un beso a ⟦name|Manuel⟧ y dile que le debo 20 euros. Tu tía, ⟦name|Encarna⟧.`,
  `Se convoca a las personas admitidas (DNI ***4591**, ***3760**) el 14 de marzo a las 9:30 en el aula 2.14, calle edificio B. Puntuaciones: 7,25; 6,80; 8,125.`,
  `Factura A-2025/000317
Cliente: Ferretería Lozano, NIF ⟦cif|U3372704A⟧
Base imponible: 1.234,56 €   IVA 21 %: 259,26 €   Total: 1.493,82 €
Forma de pago: transferencia a ⟦iban|ES79-5527-3173-7727-8042-8503⟧
Vencimiento: 30/04/2025`,
  `¿Cómo valido un DNI en JavaScript? Tengo function letra(n){ return "TRWAGMYFPDXBNJZSQVHLCKE"[n%23] } y con 12345678 me da Z, pero con 87654320 no sé si va bien.`,
  `El ISBN 978-84-376-0494-7 corresponde a La Regenta. ¿Existe edición de bolsillo? Creo que el 9788467033472 también, a 12,95 euros.`,
  `Datos del tutor: nombre, ⟦name|Fatima El Amrani⟧; documento: ⟦nie|Y1120551M⟧; móvil: ⟦phone|34 622 913 405⟧; parentesco: madre.`,
  `Contacto de emergencia: ⟦name|Pepe⟧ ⟦phone|(+34) 655 10 20 30⟧. Alergias: penicilina. Grupo 0+. Tarjeta sanitaria BBBB870914123018.`,
  `El servidor nuevo tiene ⟦ip|2001:db8:70::d72:796⟧ y ⟦ip|192.168.155.132⟧/24, la puerta es ⟦ip|192.168.155.1⟧ y la máscara 255.255.255.0. MAC 3c:52:82:11:9a:fe.`,
  `Hacienda me reclama el modelo 303 del 2T 2023, referencia 202330312345678X, por 1.812,33. La sociedad es la ⟦cif|C2719352C⟧ y el asesor ⟦name|Ramón Gil⟧ (⟦email|ramon@gilasesores.es⟧).`,
  `Escribe un poema sobre el mar en cuatro versos de once sílabas, con rima ABAB, y que aparezca la palabra «espuma» al menos 2 veces.`,
  `Pagué con la Visa ⟦card|4449 1059 9280 3351⟧, cad. 09/27, y el CVV lo metí en la web. Ahora veo un cargo de 89,99 de «AMZN MKTP 0026». ¿Qué hago?`,
  `tel: ⟦phone|612.34.56.78⟧
fax: ⟦phone|91-555-12-35⟧
e-mail: ⟦email|info@ayto.madrid.es⟧
C.P. ⟦postcode|28770⟧ Colmenar Viejo`,
  `La Ley Orgánica 3/2018, de 5 de diciembre (BOE núm. 294), y el Reglamento (UE) 2016/679 exigen base jurídica. Véase la STC 292/2000, FJ 7, y la sentencia 1039/2022, rec. 5842/2021.`,
  `Te paso el número de mi madre: seis doce, treinta y cuatro, cincuenta y seis, setenta y ocho. Llámala antes de comer.`,
  `Le dejo mi cuenta en Alemania, ⟦iban|DE88 3601 7685 0026 0231 29⟧, y la de Francia por si acaso: ⟦iban|FR76 3320 9861 8182 2185 3382 462⟧. BIC COBADEFFXXX.`,
  `Traduce al inglés: «El señor ⟦name|Ibrahim Diallo⟧, titular del NIE ⟦nie|Z 6529130 X⟧, trabaja desde 2019 en la finca de Lepe (Huelva) y cobra 1.134 € al mes».`,
  `Población de Sevilla: 684.025 (2023). Superficie: 140,8 km². Altitud: 7 m. Coordenadas: 37.3886, -5.9823. Prefijo telefónico: 954 / 955.`,
  `Comparte la carpeta con ⟦email|begona90@ayto.madrid.es⟧ y ⟦email|JOSE_LUIS@EXAMPLE.COM⟧; el enlace es https://nube.ejemplo.es/s/9f8e7d6c5b?exp=1735689600 y caduca en 7 días.`,
];
