import "./minimal.tsx";
