/** What errors of the whole house say in Spanish, each from the folder of what throws it. */
export default import.meta.glob("../../../src/**/errors.es.*", { eager: true, import: "default" });
