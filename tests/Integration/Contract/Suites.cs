using StepCaRenew.Integration.Cas;

namespace StepCaRenew.Integration.Contract;

public sealed class DevCaInfoTests() : InfoContract(CaKind.DevCa);
public sealed class DevCaProvisionerTests() : ProvisionerContract(CaKind.DevCa);
public sealed class DevCaSignTests() : SignContract(CaKind.DevCa);
public sealed class DevCaRenewTests() : RenewContract(CaKind.DevCa);
public sealed class DevCaTlsRefusalTests() : TlsRefusalContract(CaKind.DevCa);
public sealed class DevCaRenewTokenTests() : RenewTokenContract(CaKind.DevCa);
public sealed class DevCaRekeyTests() : RekeyContract(CaKind.DevCa);
public sealed class DevCaRevokeTests() : RevokeContract(CaKind.DevCa);

public sealed class StepCaInfoTests() : InfoContract(CaKind.StepCa);
public sealed class StepCaProvisionerTests() : ProvisionerContract(CaKind.StepCa);
public sealed class StepCaSignTests() : SignContract(CaKind.StepCa);
public sealed class StepCaRenewTests() : RenewContract(CaKind.StepCa);
public sealed class StepCaTlsRefusalTests() : TlsRefusalContract(CaKind.StepCa);
public sealed class StepCaRenewTokenTests() : RenewTokenContract(CaKind.StepCa);
public sealed class StepCaRekeyTests() : RekeyContract(CaKind.StepCa);
public sealed class StepCaRevokeTests() : RevokeContract(CaKind.StepCa);
