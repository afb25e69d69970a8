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
public sealed class DevCaRotationTests() : RotationContract(CaKind.DevCa);

public sealed class StepCaInfoTests() : InfoContract(CaKind.StepCa);
public sealed class StepCaProvisionerTests() : ProvisionerContract(CaKind.StepCa);
public sealed class StepCaSignTests() : SignContract(CaKind.StepCa);
public sealed class StepCaRenewTests() : RenewContract(CaKind.StepCa);
public sealed class StepCaTlsRefusalTests() : TlsRefusalContract(CaKind.StepCa);
public sealed class StepCaRenewTokenTests() : RenewTokenContract(CaKind.StepCa);
public sealed class StepCaRekeyTests() : RekeyContract(CaKind.StepCa);
public sealed class StepCaRevokeTests() : RevokeContract(CaKind.StepCa);
public sealed class StepCaRotationTests() : RotationContract(CaKind.StepCa);

public sealed class DevCa30InfoTests() : InfoContract(CaKind.DevCa30);
public sealed class DevCa30ProvisionerTests() : ProvisionerContract(CaKind.DevCa30);
public sealed class DevCa30SignTests() : SignContract(CaKind.DevCa30);
public sealed class DevCa30RenewTests() : RenewContract(CaKind.DevCa30);
public sealed class DevCa30TlsRefusalTests() : TlsRefusalContract(CaKind.DevCa30);
public sealed class DevCa30RenewTokenTests() : RenewTokenContract(CaKind.DevCa30);
public sealed class DevCa30RekeyTests() : RekeyContract(CaKind.DevCa30);
public sealed class DevCa30RevokeTests() : RevokeContract(CaKind.DevCa30);
public sealed class DevCa30RotationTests() : RotationContract(CaKind.DevCa30);

public sealed class StepCa30InfoTests() : InfoContract(CaKind.StepCa30);
public sealed class StepCa30ProvisionerTests() : ProvisionerContract(CaKind.StepCa30);
public sealed class StepCa30SignTests() : SignContract(CaKind.StepCa30);
public sealed class StepCa30RenewTests() : RenewContract(CaKind.StepCa30);
public sealed class StepCa30TlsRefusalTests() : TlsRefusalContract(CaKind.StepCa30);
public sealed class StepCa30RenewTokenTests() : RenewTokenContract(CaKind.StepCa30);
public sealed class StepCa30RekeyTests() : RekeyContract(CaKind.StepCa30);
public sealed class StepCa30RevokeTests() : RevokeContract(CaKind.StepCa30);
public sealed class StepCa30RotationTests() : RotationContract(CaKind.StepCa30);
