function Assert-Result {
    <# .SYNOPSIS Returns how many results there are, or throws where one of them is not what was to be measured. #>
    param([Parameter(Mandatory)] [AllowNull()] [object[]] $Result, [string] $Status, [Parameter(Mandatory)] [int] $Count)
    if (@($Result).Count -ne $Count) { throw "$Count results were expected, $(@($Result).Count) came." }
    if ($Status) {
        foreach ($one in $Result) {
            if ($one.Status -ne $Status) { throw "$($one.CertificatePath): $($one.Status) instead of $Status." }
        }
    }
    $Count
}
