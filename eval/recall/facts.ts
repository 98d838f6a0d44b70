/**
 * Facts as people tell them in passing, each with the question that asks for it later: once as most would
 * put it, and once in words of which the fact has none or hardly one. Names and numbers are invented.
 */

export interface Fact {
  readonly said: string;
  /** As most people would ask. */
  readonly asked: string;
  /** In other words. */
  readonly other: string;
  /** What a passage must hold to answer it. */
  readonly value: string;
}

const facts = (rows: readonly (readonly [string, string, string, string])[]): readonly Fact[] =>
  rows.map(([said, asked, other, value]) => ({ said, asked, other, value }));

export const FACTS: Readonly<Record<"en" | "es", readonly Fact[]>> = {
  en: facts([
    [
      "By the way, my dentist is Dr Ostrowska and the appointment is on 14 March.",
      "When is my appointment at the dentist?",
      "On what day do I have to get my teeth looked at?",
      "14 March",
    ],
    [
      "The key of the cellar hangs behind the blue clock in the hall.",
      "Where is the key of the cellar?",
      "How do I get into the basement?",
      "blue clock",
    ],
    [
      "My sister's flight to Lisbon lands at 18:45.",
      "When does my sister's flight land?",
      "At what time do I pick Ana up from the airport?",
      "18:45",
    ],
    [
      "We agreed on a budget of 7,400 euros for the kitchen.",
      "What was the budget for the kitchen?",
      "How much may the new cooking area cost?",
      "7,400",
    ],
    [
      "The wifi at the office is called Heron-5 and its password is marmalade.",
      "What is the wifi password at the office?",
      "How do I get online at work?",
      "marmalade",
    ],
    [
      "Our dog Bruno is allergic to chicken, so he only eats fish.",
      "What is our dog allergic to?",
      "Which food must Bruno not have?",
      "chicken",
    ],
    [
      "The plumber said the leak comes from the valve under the bath.",
      "Where does the leak come from, according to the plumber?",
      "What has to be fixed so that the water stops dripping?",
      "valve under the bath",
    ],
    [
      "I parked the car on level 3, space 27.",
      "Where did I park the car?",
      "On which floor do I find my vehicle?",
      "level 3",
    ],
    [
      "The project's code name is Sandpiper, please use it in the report.",
      "What is the code name of the project?",
      "How should the undertaking be called in the document?",
      "Sandpiper",
    ],
    [
      "My shirt size is 41 and I prefer linen.",
      "What is my shirt size?",
      "Which measure do I need when I buy clothes?",
      "41",
    ],
    [
      "Grandmother's recipe needs 350 grams of almonds.",
      "How many almonds does grandmother's recipe need?",
      "What quantity of nuts goes into the cake?",
      "350 grams",
    ],
    [
      "The contract with Velmore ends on 30 September.",
      "When does the contract with Velmore end?",
      "Until when are we bound to that supplier?",
      "30 September",
    ],
    [
      "The spare tyre is in the shed next to the ladder.",
      "Where is the spare tyre?",
      "I have a flat wheel, what do I replace it with?",
      "shed",
    ],
    [
      "My teacher of Portuguese is called Inês Vasconcelos.",
      "What is the name of my Portuguese teacher?",
      "Who gives me lessons on Thursdays?",
      "Vasconcelos",
    ],
    [
      "The neighbour with the piano lives on the fourth floor, door C.",
      "On which floor does the neighbour with the piano live?",
      "Where do I complain about the music?",
      "fourth floor",
    ],
    [
      "I take 20 milligrams of omeprazole every morning.",
      "How much omeprazole do I take?",
      "What is my daily medicine?",
      "20 milligrams",
    ],
    [
      "The rehearsal was moved to the town hall because the theatre is closed.",
      "Where is the rehearsal now?",
      "To which place did the choir have to go?",
      "town hall",
    ],
    [
      "Our server room must stay below 24 degrees.",
      "What temperature must the server room stay below?",
      "How warm may it get where the machines are?",
      "24 degrees",
    ],
    [
      "The train to Girona leaves from platform 9.",
      "From which platform does the train to Girona leave?",
      "Where do I have to wait for the railway?",
      "platform 9",
    ],
    [
      "Marta's birthday is on 2 November and she collects teapots.",
      "When is Marta's birthday?",
      "On what date does my friend turn a year older?",
      "2 November",
    ],
    [
      "The invoice number of the chairs is F-20931.",
      "What is the invoice number of the chairs?",
      "Which reference do I give when I ask about the furniture bill?",
      "F-20931",
    ],
    [
      "We painted the living room in a colour called pale fennel.",
      "Which colour is the living room?",
      "What paint do I need to touch up the walls?",
      "pale fennel",
    ],
    [
      "The bees were moved to the orchard behind the mill.",
      "Where were the bees moved to?",
      "In what place are the hives?",
      "orchard",
    ],
    [
      "My tax adviser charges 95 euros an hour.",
      "How much does my tax adviser charge?",
      "What does an hour of the accountant cost me?",
      "95 euros",
    ],
    [
      "The museum is closed on Tuesdays in winter.",
      "On which day is the museum closed in winter?",
      "When can I not see the exhibition?",
      "Tuesdays",
    ],
    [
      "The boiler's serial number is KX-7718.",
      "What is the serial number of the boiler?",
      "The heating technician wants to know which device it is, what do I tell him?",
      "KX-7718",
    ],
    [
      "For the wedding we chose the song Moon River as the first dance.",
      "Which song did we choose for the first dance?",
      "What will the band play when we open the ball?",
      "Moon River",
    ],
    [
      "The bicycle lock opens with 5082.",
      "What does the bicycle lock open with?",
      "I forgot the combination, what was it?",
      "5082",
    ],
    [
      "My cousin moved to Tromsø to study whales.",
      "Where did my cousin move to?",
      "In which city does Erik live now?",
      "Tromsø",
    ],
    [
      "The garden needs lime, since the soil has a pH of 5.1.",
      "What pH does the soil of the garden have?",
      "How acid is the ground behind the house?",
      "5.1",
    ],
  ]),
  es: facts([
    [
      "Por cierto, mi dentista es la doctora Olmedo y la cita es el 14 de marzo.",
      "¿Cuándo es mi cita con la dentista?",
      "¿Qué día me miran los dientes?",
      "14 de marzo",
    ],
    [
      "La llave del sótano cuelga detrás del reloj azul del pasillo.",
      "¿Dónde está la llave del sótano?",
      "¿Cómo entro en la bodega?",
      "reloj azul",
    ],
    [
      "El vuelo de mi hermana a Lisboa aterriza a las 18:45.",
      "¿A qué hora aterriza el vuelo de mi hermana?",
      "¿Cuándo recojo a Ana en el aeropuerto?",
      "18:45",
    ],
    [
      "Acordamos un presupuesto de 7.400 euros para la cocina.",
      "¿Cuál era el presupuesto de la cocina?",
      "¿Cuánto podemos gastar en la reforma?",
      "7.400",
    ],
    [
      "El wifi de la oficina se llama Garza-5 y la contraseña es mermelada.",
      "¿Cuál es la contraseña del wifi de la oficina?",
      "¿Cómo me conecto en el trabajo?",
      "mermelada",
    ],
    [
      "Nuestro perro Bruno es alérgico al pollo, así que solo come pescado.",
      "¿A qué es alérgico nuestro perro?",
      "¿Qué alimento le sienta mal a Bruno?",
      "pollo",
    ],
    [
      "El fontanero dijo que la fuga viene de la válvula de debajo de la bañera.",
      "¿De dónde viene la fuga, según el fontanero?",
      "¿Qué hay que arreglar para que deje de gotear?",
      "válvula",
    ],
    [
      "He aparcado el coche en la planta 3, plaza 27.",
      "¿Dónde he aparcado el coche?",
      "¿En qué piso encuentro mi vehículo?",
      "planta 3",
    ],
    [
      "El nombre en clave del proyecto es Andarríos, úsalo en el informe.",
      "¿Cuál es el nombre en clave del proyecto?",
      "¿Cómo llamamos a esto en el documento?",
      "Andarríos",
    ],
    [
      "Mi talla de camisa es la 41 y prefiero el lino.",
      "¿Cuál es mi talla de camisa?",
      "¿Qué medida pido cuando compro ropa?",
      "41",
    ],
    [
      "La receta de la abuela lleva 350 gramos de almendras.",
      "¿Cuántas almendras lleva la receta de la abuela?",
      "¿Qué cantidad de frutos secos va en la tarta?",
      "350 gramos",
    ],
    [
      "El contrato con Velmore termina el 30 de septiembre.",
      "¿Cuándo termina el contrato con Velmore?",
      "¿Hasta qué fecha estamos atados a ese proveedor?",
      "30 de septiembre",
    ],
    [
      "La rueda de repuesto está en el cobertizo, junto a la escalera.",
      "¿Dónde está la rueda de repuesto?",
      "He pinchado, ¿con qué la cambio?",
      "cobertizo",
    ],
    [
      "Mi profesora de portugués se llama Inês Vasconcelos.",
      "¿Cómo se llama mi profesora de portugués?",
      "¿Quién me da clase los jueves?",
      "Vasconcelos",
    ],
    [
      "El vecino del piano vive en el cuarto C.",
      "¿En qué piso vive el vecino del piano?",
      "¿Dónde me quejo de la música?",
      "cuarto C",
    ],
    [
      "Tomo 20 miligramos de omeprazol cada mañana.",
      "¿Cuánto omeprazol tomo?",
      "¿Cuál es mi medicina diaria?",
      "20 miligramos",
    ],
    [
      "El ensayo se ha pasado al ayuntamiento porque el teatro está cerrado.",
      "¿Dónde es ahora el ensayo?",
      "¿A qué lugar tuvo que irse el coro?",
      "ayuntamiento",
    ],
    [
      "La sala de servidores no debe pasar de 24 grados.",
      "¿De cuántos grados no debe pasar la sala de servidores?",
      "¿Qué calor aguantan las máquinas?",
      "24 grados",
    ],
    [
      "El tren a Gerona sale del andén 9.",
      "¿De qué andén sale el tren a Gerona?",
      "¿Dónde espero el ferrocarril?",
      "andén 9",
    ],
    [
      "El cumpleaños de Marta es el 2 de noviembre y colecciona teteras.",
      "¿Cuándo es el cumpleaños de Marta?",
      "¿Qué fecha hace años mi amiga?",
      "2 de noviembre",
    ],
    [
      "El número de la factura de las sillas es F-20931.",
      "¿Cuál es el número de la factura de las sillas?",
      "¿Qué referencia doy cuando pregunte por los muebles?",
      "F-20931",
    ],
    [
      "Pintamos el salón de un color que se llama hinojo pálido.",
      "¿De qué color pintamos el salón?",
      "¿Qué tono necesito para retocar las paredes?",
      "hinojo pálido",
    ],
    [
      "Llevaron las abejas al huerto de detrás del molino.",
      "¿Adónde llevaron las abejas?",
      "¿En qué sitio están las colmenas?",
      "huerto",
    ],
    [
      "Mi asesor fiscal cobra 95 euros la hora.",
      "¿Cuánto cobra mi asesor fiscal?",
      "¿Qué me cuesta el contable?",
      "95 euros",
    ],
    [
      "El museo cierra los martes en invierno.",
      "¿Qué día cierra el museo en invierno?",
      "¿Cuándo no puedo ver la exposición?",
      "martes",
    ],
    [
      "El número de serie de la caldera es KX-7718.",
      "¿Cuál es el número de serie de la caldera?",
      "El técnico de la calefacción pregunta qué aparato es, ¿qué le digo?",
      "KX-7718",
    ],
    [
      "Para la boda elegimos la canción Moon River como primer baile.",
      "¿Qué canción elegimos para el primer baile?",
      "¿Qué tocará la orquesta cuando nos casemos?",
      "Moon River",
    ],
    [
      "El candado de la bicicleta se abre con 5082.",
      "¿Con qué se abre el candado de la bicicleta?",
      "He olvidado la combinación, ¿cuál era?",
      "5082",
    ],
    [
      "Mi primo se mudó a Tromsø para estudiar ballenas.",
      "¿Adónde se mudó mi primo?",
      "¿En qué ciudad vive Erik ahora?",
      "Tromsø",
    ],
    [
      "El jardín necesita cal, porque la tierra tiene un pH de 5,1.",
      "¿Qué pH tiene la tierra del jardín?",
      "¿Cómo de ácido es el suelo de detrás de casa?",
      "5,1",
    ],
  ]),
};
